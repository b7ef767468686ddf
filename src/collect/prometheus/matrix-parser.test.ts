import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#kit/errors.ts';
import { createMatrixParser, type MatrixAnswer, type MatrixParserOptions } from './matrix-parser.ts';

const encoder = new TextEncoder();

function parse(body: string | Uint8Array, options: Partial<MatrixParserOptions> = {}, cuts: readonly number[] = []) {
  const bytes = typeof body === 'string' ? encoder.encode(body) : body;
  const parser = createMatrixParser({ address: 'http://metrics', maxSeries: 100, maxBytes: 1e6, ...options });
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (const [index, from] of places.slice(0, -1).entries()) parser.push(bytes.slice(from, places[index + 1]));
  return parser.finish();
}

function refusalOf(body: string, options: Partial<MatrixParserOptions> = {}): AppError {
  try {
    parse(body, options);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

function matrix(series: readonly string[], more = ''): string {
  return `{"status":"success","data":{"resultType":"matrix","result":[${series.join(',')}]}${more}}`;
}

const plain = ({ series }: MatrixAnswer) =>
  series.map(({ labels, timesMs, values }) => ({ labels, timesMs: [...timesMs], values: [...values] }));

/** The same by JSON.parse. */
function byJson(text: string) {
  const answer = JSON.parse(text) as {
    data: { result: { metric: Record<string, string>; values?: [number, string][] }[] };
  };
  return answer.data.result
    .filter(({ values = [] }) => values.length > 0)
    .map(({ metric, values = [] }) => ({
      labels: metric,
      timesMs: values.map(([seconds]) => Math.round(seconds * 1000)),
      values: values.map(([, value]) => (Number.isFinite(Number(value)) ? Number(value) : Number.NaN)),
    }));
}

const numberText = fc.oneof(
  fc.double().map(String),
  fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => String(value).replace('e-', 'e-0')),
  fc.integer().map(String),
  fc.bigInt({ min: 0n, max: 10n ** 24n }).map(String),
  fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 19n }), fc.nat(24)).map(([digits, scale]) => decimal(digits, scale)),
  // In the middle between two doubles, and next to it, where rounding is hardest.
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 54n }).map((half) => decimal(2n * half + 1n, 3)),
  fc.constantFrom('NaN', '+Inf', '-Inf', '0', '-0', '1e+22', '5e-324', '1.7976931348623157e+308', '1e999'),
);

function decimal(digits: bigint, scale: number): string {
  const text = String(digits).padStart(scale + 1, '0');
  return scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

const space = fc.constantFrom('', '', '', ' ', '\n\t', '  ');
const sample = fc.tuple(fc.constantFrom(1, 15, 0.001), numberText, space);
const junk = fc.json({ maxDepth: 3 });
const name = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('__proto__', 'a"b\\c\n', '}]{['));
const seriesText = fc
  .record({
    labels: fc.dictionary(name, name, { maxKeys: 5 }),
    startMs: fc.oneof(
      fc.integer({ min: 1_000_000_000_000, max: 9_000_000_000_000 }),
      fc.integer({ min: 0, max: 1e12 }),
    ),
    samples: fc.array(sample, { maxLength: 40 }),
    histograms: fc.option(junk),
    unknown: junk,
    turned: fc.boolean(),
    gap: space,
  })
  .map(({ labels, startMs, samples, histograms, unknown, turned, gap }) => {
    let timeMs = startMs;
    const pairs = samples.map(([stepSeconds, value, between]) => {
      timeMs += stepSeconds * 1000;
      return `[${between}${timeMs / 1000}${between},"${value}"${between}]`;
    });
    const members = [
      `"metric":${gap}${JSON.stringify(labels)}`,
      ...(histograms === null ? [] : [`"histograms":[${histograms}]`]),
      `"unknown"${gap}:${unknown}`,
      `"values"${gap}:[${pairs.join(`,${gap}`)}]`,
    ];
    return `{${gap}${(turned ? members.reverse() : members).join(`${gap},`)}}`;
  });
const body = fc
  .tuple(fc.array(seriesText, { maxLength: 6 }), junk, junk)
  .map(([series, warnings, other]) => matrix(series, `,"warnings":[${warnings}],"infos":${other},"x":${other}`));

describe('an answer in pieces', () => {
  it('is what JSON.parse makes of it, wherever it is cut', () => {
    fc.assert(
      fc.property(body, fc.array(fc.nat(), { maxLength: 30 }), (text, cuts) => {
        const infinite = text.replaceAll(/"([+-])Inf"/g, '"$1Infinity"');
        expect(plain(parse(text, {}, cuts))).toEqual(byJson(infinite));
      }),
      { numRuns: 400 },
    );
  });

  it('may be cut where there is much before and behind', () => {
    const labels = { a: 'x'.repeat(3000), b: '}"'.repeat(1000) };
    const samples = Array.from({ length: 400 }, (_, index) => `[${1_700_000_000 + index},"${index / 7}"]`);
    const one = `{"metric":${JSON.stringify(labels)},"histograms":[${JSON.stringify(labels)}],"values":[${samples}]}`;
    const text = matrix([one, one.replace('xx', 'yy'), one.replace('xx', 'zz')]);
    const expected = byJson(text);
    for (const size of [1025, 2048, 3333, 5000, 9999, 20_000]) {
      const cuts = Array.from({ length: Math.floor(text.length / size) }, (_, index) => (index + 1) * size);
      expect(plain(parse(text, {}, cuts))).toEqual(expected);
    }
  });

  it('may come byte by byte', () => {
    const text = matrix([`{"metric":{"a":"é\\u00e9😀"},"values":[[1700000000,"1.5"],[1700000015.5,"NaN"]]}`]);
    const cuts = Array.from({ length: encoder.encode(text).length }, (_, index) => index);
    expect(plain(parse(text, {}, cuts))).toEqual(byJson(text));
  });

  it('that is cut short is an error, whatever is missing', () => {
    fc.assert(
      fc.property(body, fc.nat(), (text, keep) => {
        const bytes = encoder.encode(text);
        const part = bytes.slice(0, keep % bytes.length);
        let failed: unknown;
        try {
          parse(part);
        } catch (error) {
          failed = error;
        }
        expect(failed).toMatchObject({ code: 'unavailable', retryable: true });
      }),
    );
  });

  it('with a broken byte is refused in a sentence, or is what JSON.parse makes of it', () => {
    fc.assert(
      fc.property(body, fc.nat(), fc.integer({ min: 32, max: 126 }), (text, at, byte) => {
        const bytes = encoder.encode(text);
        bytes[at % bytes.length] = byte;
        try {
          parse(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});

it('leaves native histograms out and counts them', () => {
  const histogram = '{"metric":{"a":"h"},"histograms":[[1,{"count":"4","buckets":[[0,"1","2","3"]]}]]}';
  const answer = parse(matrix([histogram, '{"metric":{"a":"v"},"values":[[1,"2"]]}']));
  expect(answer.histograms).toBe(1);
  expect(plain(answer)).toEqual([{ labels: { a: 'v' }, timesMs: [1000], values: [2] }]);
});

it('takes a vector where one is wanted', () => {
  const text = '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1.5,"-0"]}]}}';
  expect(plain(parse(text, { instant: true }))).toEqual([{ labels: {}, timesMs: [1500], values: [-0] }]);
  expect(refusalOf(text)).toMatchObject({
    code: 'bad-input',
    message: expect.stringMatching(/answered with a vector where a matrix/),
  });
});

it('says that a part was out of reach', () => {
  expect(parse(matrix([], ',"isPartial":true')).isPartial).toBe(true);
  expect(parse(matrix([], ',"isPartial":false')).isPartial).toBe(false);
});

it('tells a warning about the data from one about the query', () => {
  const warningOf = (warnings: string) => parse(matrix([], `,"warnings":${warnings}`)).storageWarning;
  expect(warningOf('["remote_read: remote server answered 503"]')).toBe('remote_read: remote server answered 503');
  expect(warningOf('["PromQL warning: a \\"b\\" (1:1)","fetch series: unavailable"]')).toBe(
    'fetch series: unavailable',
  );
  for (const none of ['["PromQL warning: x", "PromQL info: y"]', '[]', 'null', '"text"', '{"a":1}', '[1,null]']) {
    expect(warningOf(none)).toBeUndefined();
  }
});

it('gives the error that the server put into words', () => {
  const text = '{"status":"error","errorType":"bad_data","error":"no \\"such\\" thing","data":null}';
  expect(parse(text).error).toEqual({ type: 'bad_data', message: 'no "such" thing' });
});

it.each([
  ['a scalar', '{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}', 'bad-input', /a scalar where/],
  ['HTML', '\n<!DOCTYPE html><html>', 'bad-input', /HTML instead of JSON: is this a Prometheus/],
  ['text', 'upstream is away', 'bad-input', /does not begin as JSON/],
  ['nothing', '', 'unavailable', /broke off after 0 bytes/],
  ['other JSON', '{"a":1}', 'bad-input', /no status/],
  ['no result', '{"status":"success","data":{}}', 'bad-input', /no result/],
  ['more behind it', `${matrix([])}{}`, 'bad-input', /follows behind/],
  ['a number without quotes', matrix(['{"metric":{},"values":[[1,2]]}']), 'bad-input', /pair of a time/],
  ['an empty number', matrix(['{"metric":{},"values":[[1,""]]}']), 'bad-input', /pair of a time/],
  ['a hexadecimal number', matrix(['{"metric":{},"values":[[1,"0x1p4"]]}']), 'bad-input', /pair of a time/],
  ['times that go back', matrix(['{"metric":{},"values":[[2,"1"],[1,"1"]]}']), 'bad-input', /do not ascend/],
  ['a series without labels', matrix(['{"values":[[2,"1"]]}']), 'bad-input', /no labels/],
  ['a comma too many', matrix(['{"metric":{},"values":[[2,"1"],]}']), 'bad-input', /sample was expected/],
  ['a comma too few', matrix(['{"metric":{},"values":[[2,"1"] [3,"1"]]}']), 'bad-input', /comma was expected/],
])('%s is refused', (_, text, code, message) => {
  expect(refusalOf(text)).toMatchObject({ code, message: expect.stringMatching(message) });
});

it('stops at the first series, or the first byte, beyond the limits', () => {
  const three = matrix(['a', 'b', 'c'].map((a) => `{"metric":{"a":"${a}"},"values":[[1,"2"]]}`));
  expect(refusalOf(three, { maxSeries: 2 })).toMatchObject({
    code: 'too-much',
    message: expect.stringMatching(/more than 2 series/),
  });
  expect(parse(three, { maxSeries: 3 }).series).toHaveLength(3);
  expect(refusalOf(three, { maxBytes: 50 })).toMatchObject({
    code: 'too-much',
    message: expect.stringMatching(/larger than 50 bytes/),
  });
});
