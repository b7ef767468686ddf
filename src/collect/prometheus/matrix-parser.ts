// From the body of a query, in pieces as they arrive, straight into columns: no object for a sample, and no text of the
// whole. A machine of places in the JSON; samples go through the hot loop of sample-scanner.ts, and what that leaves
// (exponents, ±Inf, what a piece cuts) through JSON.parse, one at a time.
import type { AppError } from '#kit/errors.ts';
import type { Labels } from '#model/series.ts';
import { parseJson, readLabels, readSample } from './answer-text.ts';
import type { FetchedSeries } from './contract.ts';
import { createColumns } from './growing-columns.ts';
import { JsonReader } from './json-reader.ts';
import { hasTooManySeries, isCut, isForeign, isHtml, isOfType, isTooLarge } from './parser-errors.ts';
import { LONGEST_PLAIN, scanSamples } from './sample-scanner.ts';

export interface MatrixParserOptions {
  /** Who answers, for messages. */
  readonly address: string;
  readonly maxSeries: number;
  readonly maxBytes: number;
  /** Whether a vector, the answer to an instant query, is wanted in place of a matrix. */
  readonly instant?: boolean;
}

export interface MatrixAnswer {
  /** An error that the server put into words; then there are no series. */
  readonly error?: { readonly type: string; readonly message: string };
  /** Those that have samples. */
  readonly series: readonly FetchedSeries[];
  /** How many series had native histograms, which are left out. */
  readonly histograms: number;
  /** Whether the server says that a part of its data was out of reach (VictoriaMetrics). */
  readonly isPartial: boolean;
  /** What the server says went wrong while it read its data; annotations of the query itself ("PromQL warning: …") are none. */
  readonly storageWarning?: string;
  readonly bytes: number;
}

export interface MatrixParser {
  /** Takes the next piece, which it may keep. Throws an AppError as soon as the body is none of a query, or too much. */
  push(piece: Uint8Array): void;
  /** All of it. Throws an AppError, retryable, when the body was cut. */
  finish(): MatrixAnswer;
}

type Place = 'start' | 'top' | 'data' | 'result' | 'series' | 'samples' | 'value' | 'skipped' | 'end';
type Holder = 'top' | 'data' | 'series';

const QUOTE = 34;
const LESS = 60;
const OPEN = 91;
const CLOSE = 93;
const LETTER_T = 116;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
/** Labels of one series, or an error's text, are shorter. */
const LONGEST_TOKEN = 1 << 20;
const LONGEST_SAMPLE = 4096;
const OUTSIDE: Readonly<Record<Holder, Place>> = { top: 'end', data: 'top', series: 'result' };

export function createMatrixParser(options: MatrixParserOptions): MatrixParser {
  return new Parser(options);
}

class Parser implements MatrixParser {
  readonly #options: MatrixParserOptions;
  readonly #reader = new JsonReader((what) => this.#foreign(what));
  readonly #columns = createColumns();
  readonly #series: FetchedSeries[] = [];
  readonly #texts = new Map<string, string>();
  #place: Place = 'start';
  /** What a value belongs to: the object that it stands in, and its key. */
  #holder: Holder = 'top';
  #key = '';
  #labels: Labels | undefined;
  #seriesBegun = 0;
  #sawResult = false;
  #histograms = 0;
  #isPartial = false;
  #bytes = 0;

  constructor(options: MatrixParserOptions) {
    this.#options = options;
  }

  push(piece: Uint8Array): void {
    this.#bytes += piece.length;
    if (this.#bytes > this.#options.maxBytes) throw isTooLarge(this.#options.address, this.#options.maxBytes);
    if (this.#reader.window.add(piece)) this.#read();
  }

  finish(): MatrixAnswer {
    this.#reader.window.close();
    this.#read();
    if (this.#place !== 'end') throw isCut(this.#options.address, this.#bytes);
    const status = this.#texts.get('status');
    if (status === undefined) throw this.#foreign('its JSON has no status');
    if (status === 'success' && !this.#sawResult) throw this.#foreign('its JSON has no result');
    const message = this.#texts.get('error') ?? 'it gave no reason';
    const storageWarning = storageWarningIn(this.#texts.get('warnings'));
    const error = { type: this.#texts.get('errorType') ?? '', message };
    return {
      ...(status === 'success' ? {} : { error }),
      series: status === 'success' ? this.#series : [],
      histograms: this.#histograms,
      isPartial: this.#isPartial,
      ...(storageWarning === undefined ? {} : { storageWarning }),
      bytes: this.#bytes,
    };
  }

  #read(): void {
    const { window } = this.#reader;
    do {
      while (this.#step());
      if (window.bytes.length - window.at > LONGEST_TOKEN)
        throw this.#foreign('it holds a text of more than a mebibyte');
    } while (window.next());
  }

  /** Reads one token. False when that is not all there. */
  #step(): boolean {
    switch (this.#place) {
      case 'start':
        return this.#readStart();
      case 'top':
      case 'data':
      case 'series':
        return this.#readMember(this.#place);
      case 'value':
        return this.#readValue();
      case 'result':
        return this.#readResult();
      case 'samples':
        return this.#readSamples();
      case 'skipped':
        return this.#reader.skip() && this.#leave(this.#holder);
      case 'end':
        if (this.#reader.peek() >= 0) throw this.#foreign('something follows behind its JSON');
        return false;
    }
  }

  #readStart(): boolean {
    const byte = this.#reader.peek();
    if (byte < 0) return false;
    if (byte === LESS) throw isHtml(this.#options.address);
    if (byte !== OPEN_OBJECT) throw this.#foreign('it does not begin as JSON');
    return this.#enter('top');
  }

  #readMember(place: Holder): boolean {
    const item = this.#reader.nextItem(CLOSE_OBJECT);
    if (item === 'more') return false;
    if (item === 'end') {
      if (place === 'series') this.#endSeries();
      return this.#leave(OUTSIDE[place]);
    }
    const key = this.#reader.readKey();
    if (key === undefined) return false;
    this.#key = key;
    this.#holder = place;
    this.#place = 'value';
    return true;
  }

  #readValue(): boolean {
    const byte = this.#reader.peek();
    if (byte < 0) return false;
    switch (`${this.#holder} ${this.#key}`) {
      case 'top status':
      case 'top errorType':
      case 'top error':
      case 'data resultType':
        return byte === QUOTE ? this.#readText() : this.#beginSkip();
      case 'top data':
        return byte === OPEN_OBJECT ? this.#enter('data') : this.#beginSkip();
      case 'top isPartial':
        this.#isPartial = byte === LETTER_T;
        return this.#beginSkip();
      case 'top warnings':
        return byte === OPEN ? this.#readWarnings() : this.#beginSkip();
      case 'data result':
        if (byte !== OPEN) return this.#beginSkip();
        this.#sawResult = true;
        return this.#enter('result');
      case 'series metric':
        return this.#readMetric();
      case 'series values':
        if (byte !== OPEN) throw this.#foreign('the samples of a series are no list');
        return this.#enter('samples');
      case 'series value':
        if (this.#options.instant !== true) throw this.#wrongType('vector');
        return this.#readSample() && this.#leave('series');
      case 'series histograms':
      case 'series histogram':
        this.#histograms++;
        return this.#beginSkip();
      default:
        return this.#beginSkip();
    }
  }

  #readText(): boolean {
    const text = this.#reader.readString();
    if (text === undefined) return false;
    this.#texts.set(this.#key, text);
    return this.#leave(this.#holder);
  }

  #readWarnings(): boolean {
    const text = this.#reader.readValueText();
    if (text === undefined) return false;
    this.#texts.set('warnings', text);
    return this.#leave(this.#holder);
  }

  #readMetric(): boolean {
    const text = this.#reader.readValueText();
    if (text === undefined) return false;
    this.#labels = readLabels(text);
    if (this.#labels === undefined) throw this.#foreign('the labels of a series are no object of strings');
    return this.#leave('series');
  }

  #readResult(): boolean {
    const item = this.#reader.nextItem(CLOSE);
    if (item === 'more') return false;
    if (item === 'end') return this.#leave('data');
    const { bytes, at } = this.#reader.window;
    if (bytes[at] !== OPEN_OBJECT) throw this.#wrongType(this.#texts.get('resultType') ?? 'list');
    const { address, maxSeries } = this.#options;
    if (this.#seriesBegun === maxSeries) throw hasTooManySeries(address, maxSeries);
    this.#seriesBegun++;
    this.#labels = undefined;
    return this.#enter('series');
  }

  #readSamples(): boolean {
    const item = this.#reader.nextItem(CLOSE);
    if (item === 'more') return false;
    if (item === 'end') return this.#leave('series');
    const { window } = this.#reader;
    if (window.bytes[window.at] !== OPEN) throw this.#foreign('a sample was expected');
    const limit = window.bytes.length - LONGEST_PLAIN;
    this.#columns.grow();
    const at = window.at < limit ? scanSamples(window.view, window.at, limit, this.#columns) : window.at;
    if (at === window.at) return this.#readSample();
    window.at = at;
    this.#reader.comma = window.bytes[at] === OPEN ? 'given' : 'wanted';
    return true;
  }

  #readSample(): boolean {
    const { bytes, at } = this.#reader.window;
    const end = bytes.indexOf(CLOSE, at) + 1;
    if (end === 0 && bytes.length - at < LONGEST_SAMPLE) return false;
    const isShort = end !== 0 && end - at < LONGEST_SAMPLE;
    const sample = isShort ? readSample(this.#reader.textAt(at, end)) : undefined;
    if (sample === undefined) throw this.#foreign('a sample is no pair of a time and a number in quotes');
    this.#columns.push(sample.timeMs, sample.value);
    this.#reader.window.at = end;
    this.#reader.comma = 'wanted';
    return true;
  }

  #endSeries(): void {
    if (this.#labels === undefined) throw this.#foreign('a series has no labels');
    if (!this.#columns.ascend()) throw this.#foreign('the times of a series do not ascend');
    if (this.#columns.count > 0) this.#series.push(this.#columns.take(this.#labels));
  }

  #beginSkip(): true {
    this.#reader.beginSkip();
    this.#place = 'skipped';
    return true;
  }

  #enter(place: Place): true {
    this.#reader.window.at++;
    this.#place = place;
    this.#reader.comma = 'none';
    return true;
  }

  /** Goes on in `place`, where an item has just ended. */
  #leave(place: Place): true {
    this.#place = place;
    this.#reader.comma = 'wanted';
    return true;
  }

  #wrongType(type: string): AppError {
    return isOfType(this.#options.address, type, this.#options.instant === true ? 'vector' : 'matrix');
  }

  #foreign(what: string): AppError {
    const { offset, at } = this.#reader.window;
    return isForeign(this.#options.address, `${what}, at byte ${offset + at}`);
  }
}

/** The first of a JSON list of warnings that tells of the data. Prometheus marks those of the query since 2.48. */
function storageWarningIn(list: string | undefined): string | undefined {
  if (list === undefined) return undefined;
  const parsed: unknown = parseJson(list);
  if (!Array.isArray(parsed)) return undefined;
  return parsed.find((one): one is string => typeof one === 'string' && !one.startsWith('PromQL '));
}
