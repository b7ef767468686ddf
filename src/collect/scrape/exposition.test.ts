import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#kit/errors.ts';
import { parseExposition } from './exposition.ts';

const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
const OPTIONS = { target: 'http://pod/metrics', maxSamples: 1000 };
const parse = (text: string, more: { contentType?: string; maxSamples?: number } = {}) =>
  parseExposition(text, { ...OPTIONS, ...more });

describe('the text format', () => {
  it('has names, labels, values and times, and types for some', () => {
    const text = `# HELP http_requests_total The total.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total { method = "post" , code = "400" , }    3
# a comment
\tspaced  12.5e-3

no_labels{} +Inf
# TYPE latency histogram
latency_bucket{le="+Inf"} 144320
latency_sum 53423
# TYPE rpc summary
rpc{quantile="0.5"} NaN
rpc_count 2693
`;
    expect(parse(text)).toEqual([
      {
        labels: { __name__: 'http_requests_total', method: 'post', code: '200' },
        value: 1027,
        timeMs: 1395066363000,
        isCounter: true,
      },
      { labels: { __name__: 'http_requests_total', method: 'post', code: '400' }, value: 3, isCounter: true },
      { labels: { __name__: 'spaced' }, value: 0.0125, isCounter: false },
      { labels: { __name__: 'no_labels' }, value: Number.NaN, isCounter: false },
      { labels: { __name__: 'latency_bucket', le: '+Inf' }, value: 144320, isCounter: true },
      { labels: { __name__: 'latency_sum' }, value: 53423, isCounter: true },
      { labels: { __name__: 'rpc', quantile: '0.5' }, value: Number.NaN, isCounter: false },
      { labels: { __name__: 'rpc_count' }, value: 2693, isCounter: true },
    ]);
  });

  it('takes windows’ line ends and a last line without any', () => {
    expect(parse('a 1\r\nb 2').map(({ value }) => value)).toEqual([1, 2]);
  });

  it('holds label values of any letters', () => {
    const escaped = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
    const label = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('a"b', '\\n', '} 5 # {', '\n'));
    fc.assert(
      fc.property(label, label, fc.double({ noNaN: true, noDefaultInfinity: true }), (name, value, number) => {
        const line = `{"${escaped(name)}",a="${escaped(value)}",__proto__="x"} ${number}\n`;
        const [sample] = parse(line);
        expect(sample?.labels.__name__).toBe(name);
        expect(sample?.labels.a).toBe(value);
        expect(sample?.value).toBe(Number(String(number)));
        expect(Object.keys(sample?.labels ?? {})).toContain('__proto__');
      }),
    );
  });

  it('of anything else gets a sentence', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (junk, more) => {
        try {
          parse(`a 1\n${junk}\n${more}`);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });

  it.each([
    ['a{b="c} 1', /line 1 .*label b is not in quotes/],
    ['a{b} 1', /label b has no value/],
    ['a{b="c" 1', /labels do not end/],
    ['a{="c"} 1', /a label has no name/],
    ['ok 1\na x', /line 2 .*"x" is no number/],
    ['a', /"" is no number/],
    ['a 1 2 3', /"3" follows behind the time/],
    ['a 1 NaN', /"NaN" is no time/],
    ['{b="c"} 1', /it has no name/],
    ['<html>', /it begins with no name/],
    ['a 0x10', /is no number/],
  ])('%j is refused', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it('is bounded', () => {
    expect(() => parse('a 1\nb 2\nc 3', { maxSamples: 2 })).toThrow(/more than 2 samples/);
  });
});

describe('OpenMetrics', () => {
  const text = `# TYPE acme_http counter
# UNIT acme_http seconds
acme_http_total{path="/#1"} 5 1395066363.5 # {trace_id="x"} 0.67 1395066360
acme_http_created 1395066363
# TYPE up gauge
up 1 # {}
# EOF
`;

  it('has seconds, exemplars and families', () => {
    expect(parse(text, { contentType: OPEN_METRICS })).toEqual([
      { labels: { __name__: 'acme_http_total', path: '/#1' }, value: 5, timeMs: 1395066363500, isCounter: true },
      { labels: { __name__: 'acme_http_created' }, value: 1395066363, isCounter: false },
      { labels: { __name__: 'up' }, value: 1, isCounter: false },
    ]);
  });

  it('without its end is half an answer', () => {
    const half = text.replace('# EOF\n', '');
    expect(() => parse(half, { contentType: OPEN_METRICS })).toThrow(/no "# EOF" at its end/);
    expect(parse(half)).toHaveLength(3);
    expect(() => parse(`${text}a 1\n`, { contentType: OPEN_METRICS })).toThrow(/follows behind "# EOF"/);
  });
});
