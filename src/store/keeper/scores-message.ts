// Score columns as they travel: packed, a field a column.
import { type BinaryReader, type BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { eachNested } from '#kit/protobuf.ts';
import { highBytes, joinFlags, lowBytes } from '#model/flag-bytes.ts';
import { emptyBlock, FIGURES, type ScoreBlock } from '#model/score-block.ts';
import { doublesOf, noPieces, readPiece, wordsOf, writeColumn } from './columns.ts';

const TRACKS = 1;
/** Of the first of FIGURES. */
const FIRST_FIGURE = 2;
const FLAGS = FIRST_FIGURE + FIGURES.length;
/** Of the flags; an older keeper passes over them. */
const HIGH_FLAGS = FLAGS + 1;

export function emptyScores(): ScoreBlock {
  return emptyBlock(0);
}

export function writeScores(writer: BinaryWriter, scores: ScoreBlock): void {
  writeColumn(writer, TRACKS, scores.tracks);
  for (const [index, name] of FIGURES.entries()) writeColumn(writer, FIRST_FIGURE + index, scores[name]);
  if (scores.flags.length > 0) writer.tag(FLAGS, WireType.LengthDelimited).bytes(lowBytes(scores.flags));
  const high = highBytes(scores.flags);
  if (high !== undefined) writer.tag(HIGH_FLAGS, WireType.LengthDelimited).bytes(high);
}

/** The columns as they came: whether they are of one length is the store's to check. */
export function readScores(reader: BinaryReader): ScoreBlock {
  const tracks = noPieces(4);
  const figures = FIGURES.map(() => noPieces(8));
  let low = new Uint8Array(0);
  let high: Uint8Array | undefined;
  eachNested(reader, (field, wire) => {
    if (field === TRACKS) return readPiece(reader, wire, tracks);
    const figure = figures[field - FIRST_FIGURE];
    if (figure !== undefined) return readPiece(reader, wire, figure);
    if ((field !== FLAGS && field !== HIGH_FLAGS) || wire !== WireType.LengthDelimited) return false;
    const bytes = new Uint8Array(reader.bytes());
    if (field === FLAGS) low = bytes;
    else high = bytes;
    return true;
  });
  const [timesMs, seenMs, values, scores, expected, lower, upper] = figures.map(doublesOf) as Columns;
  return {
    tracks: wordsOf(tracks),
    timesMs,
    seenMs,
    values,
    scores,
    expected,
    lower,
    upper,
    flags: joinFlags(low, high),
  };
}

type Column = Float64Array;
/** In the order of FIGURES. */
type Columns = [Column, Column, Column, Column, Column, Column, Column];
