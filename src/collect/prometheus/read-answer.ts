// From a transport's answer to series, or to the error that it is.
import type { AppError } from '#kit/errors.ts';
import { AnswerError, errorOfConnection, errorOfStatus, errorOfType } from './answer-error.ts';
import type { FetchedSeries } from './contract.ts';
import { createMatrixParser, type MatrixParserOptions } from './matrix-parser.ts';
import { isTooLarge } from './parser-errors.ts';
import type { TransportAnswer } from './transport.ts';

const MOST_ERROR_BYTES = 65_536;
/** Characters of a warning that are told on. */
const MOST_WARNING = 300;

export interface ReadSeries {
  readonly series: readonly FetchedSeries[];
  readonly histograms: number;
  readonly bytes: number;
}

/** Parses while the body comes. Rejects with what a PrometheusSource promises. */
export async function readSeries(
  answer: TransportAnswer,
  options: MatrixParserOptions,
  nowMs: number,
): Promise<ReadSeries> {
  const { address } = options;
  if (answer.status !== 200) throw await readError(answer, address, nowMs);
  const parser = createMatrixParser(options);
  await reading(address, async () => {
    for await (const piece of answer.body) parser.push(piece);
  });
  const { error, isPartial, storageWarning, ...read } = parser.finish();
  if (error !== undefined) throw errorOfType(address, error.type, error.message);
  if (isPartial || storageWarning !== undefined) {
    const why = storageWarning?.slice(0, MOST_WARNING) ?? 'isPartial';
    const message = `${address} has only a part of the data in reach (${why}): a part is never used`;
    throw new AnswerError('unavailable', message, { retryable: true });
  }
  return read;
}

/** The body as text, of at most so many bytes. */
export async function readText(answer: TransportAnswer, address: string, maxBytes: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  await reading(address, async () => {
    for await (const piece of answer.body) {
      bytes += piece.length;
      if (bytes > maxBytes) throw isTooLarge(address, maxBytes);
      pieces.push(piece);
    }
  });
  return Buffer.concat(pieces).toString('utf8');
}

/** The error that an answer with another status than 200 is. */
export async function readError(answer: TransportAnswer, address: string, nowMs: number): Promise<AppError> {
  // A body that breaks off, or is too long, says nothing, but the status does.
  const text = await readText(answer, address, MOST_ERROR_BYTES).catch(() => '');
  return errorOfStatus(address, answer.status, text, { retryAfter: answer.retryAfter, nowMs });
}

async function reading(address: string, read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    throw errorOfConnection(address, error);
  }
}
