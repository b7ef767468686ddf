// The analysers that need no network, and the addresses of those that do.
import { describe, expect, it } from 'vitest';
import { AppError } from '#kit/errors.ts';
import { FakeClock } from '../../test/fixtures/fake-clock.ts';
import type { Analyser, AnalysisJob } from './contract.ts';
import { withFallback } from './fallback.ts';
import { targetOf } from './grpc/target.ts';
import { createInProcessAnalyser } from './in-process.ts';
import { parametersHash } from './parameters-hash.ts';

const values = Float64Array.of(1, 2, Number.NaN);
const series = { stepMs: 1000, timesMs: Float64Array.of(1, 2, 3), values };
const job: AnalysisJob = { metricName: 'm', series, algorithm: 'ema', parameters: {}, threshold: 3 };
const columns = (scores: Float64Array) => ({ scores, expected: values, lower: values, upper: values });

describe('the analyser in this process', () => {
  it('gives each job its scores, or why there are none', async () => {
    const answers = [
      () => columns(values),
      () => columns(values.map(() => Number.NaN)),
      (): never => {
        throw new AppError('bad-input', 'no such algorithm');
      },
    ];
    const analyser = createInProcessAnalyser({
      score: () => (answers.shift() ?? answers[0])?.() ?? columns(values),
      clock: new FakeClock(),
    });
    expect(await analyser.analyse([job, job, job])).toEqual([
      { ok: true, ...columns(values) },
      { ok: false, reason: 'too-short', message: '2 points have a value (of 3): too few for ema' },
      { ok: false, reason: 'refused', message: 'no such algorithm' },
    ]);
  });

  it('a job on which an algorithm breaks is refused alone, and told of', async () => {
    const faults: unknown[] = [];
    const broken = new RangeError('invalid array length');
    const analyser = createInProcessAnalyser({
      score({ algorithm }) {
        if (algorithm === 'broken') throw broken;
        return columns(values);
      },
      clock: new FakeClock(),
      onFault: (error) => faults.push(error),
    });
    expect(await analyser.analyse([job, { ...job, algorithm: 'broken' }, job])).toMatchObject([
      { ok: true },
      { ok: false, reason: 'refused', message: 'broken failed on this window: invalid array length' },
      { ok: true },
    ]);
    expect(faults).toEqual([broken]);
  });

  it('stops when its caller does, and lets others run before', async () => {
    const stop = new AbortController();
    setImmediate(() => stop.abort(new Error('enough')));
    const analyser = createInProcessAnalyser({ score: () => columns(values), clock: new FakeClock(), sliceMs: 0 });
    await expect(analyser.analyse(Array(100_000).fill(job), stop.signal)).rejects.toThrow('enough');
  });
});

describe('a fallback', () => {
  const failing = (error: Error): Analyser => ({
    address: 'far',
    analyse: () => Promise.reject(error),
    close: async () => {},
  });
  const near = createInProcessAnalyser({ score: () => columns(values), clock: new FakeClock() });

  it('takes over when nobody answers, and tells', async () => {
    const told: string[] = [];
    const onFallback = (error: AppError) => void told.push(error.message);
    const both = withFallback(failing(new AppError('unavailable', 'nobody')), near, { onFallback });
    expect(await both.analyse([job])).toMatchObject([{ ok: true }]);
    expect(told).toEqual(['nobody']);
    expect(both.address).toBe('far, else this process');
  });

  it('hides no other error', async () => {
    const both = withFallback(failing(new AppError('forbidden', 'no')), near, {
      onFallback: () => expect.unreachable(),
    });
    await expect(both.analyse([job])).rejects.toThrow('no');
  });
});

describe('addresses', () => {
  it.each([
    ['analysers', 'dns:///analysers:50051'],
    ['analysers.monitoring:9', 'dns:///analysers.monitoring:9'],
    ['dns://127.0.0.1:53/analysers:9', 'dns://127.0.0.1:53/analysers:9'],
    ['10.0.0.1:9', 'ipv4:10.0.0.1:9'],
    [['10.0.0.1:9', '10.0.0.2'], 'ipv4:10.0.0.1:9,10.0.0.2:50051'],
    [['[::1]:9', '::2'], 'ipv6:[::1]:9,[::2]:50051'],
  ])('%j are the target %s', (addresses, target) => {
    expect(targetOf(addresses)).toBe(target);
  });

  it.each([
    [[], /needs an address/],
    ['', /"" is no address/],
    ['host:0', /no address/],
    ['host:99999', /no address/],
    ['http://host:1', /no address/],
    [['a:1', 'b:1'], /one name for all/],
  ])('%j are refused', (addresses, sentence) => {
    expect(() => targetOf(addresses)).toThrow(sentence);
  });
});

it('the hash of parameters does not depend on their order, but on their kind', () => {
  expect(parametersHash({ a: 1, b: 'x' })).toBe(parametersHash({ b: 'x', a: 1 }));
  expect(parametersHash({ a: 1 })).not.toBe(parametersHash({ a: '1' }));
});
