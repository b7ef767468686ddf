import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../../test/fixtures/fake-clock.ts';
import { CALLS } from './calls.ts';
import { createKubeClient } from './client.ts';
import { toPod } from './objects.ts';
import { createReflector } from './reflector.ts';
import { answerJson, startTestHttp, type TestHttp } from './test-http.ts';
import { createTestLog } from './test-log.ts';

let http: TestHttp;
beforeEach(async () => {
  http = await startTestHttp();
});
afterEach(() => http.stop());

const pod = (name: string, resourceVersion: number) => ({
  metadata: { uid: `uid-${name}`, name, namespace: 'shop', resourceVersion: String(resourceVersion) },
});
const event = (type: string, name: string, version: number) =>
  `${JSON.stringify({ type, object: pod(name, version) })}\n`;
const list = (resourceVersion: number, ...items: object[]) =>
  answerJson(200, { metadata: { resourceVersion: String(resourceVersion) }, items });

describe('a reflector over a real connection', () => {
  it('comes through a reset, half a line, 410 as status and in the stream, 500 with Retry-After, and silence', async () => {
    const clock = new FakeClock();
    const { log } = createTestLog();
    const client = createKubeClient(http.access, { clock, log, userAgent: 'test' });
    const script: TestHttp['answer'][] = [
      list(1, pod('a', 1)),
      (response) => {
        const line = Buffer.from(event('ADDED', 'ünï', 2));
        // Within the letter.
        response.write(line.subarray(0, line.indexOf('ü') + 1));
        setImmediate(() => {
          response.write(line.subarray(line.indexOf('ü') + 1));
          response.write('{"type":"DELETED","object":{"meta');
          setImmediate(() => response.socket?.resetAndDestroy());
        });
      },
      answerJson(410, { code: 410, reason: 'Expired', message: 'too old' }),
      answerJson(500, { message: 'starting' }, { 'retry-after': '20' }),
      list(5, pod('b', 5)),
      (response) => {
        response.write(event('ADDED', 'c', 6));
        response.write('{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Gone"}}\n');
      },
      list(8, pod('b', 5), pod('d', 7)),
      // Taken, and then not a word.
      (response) => response.flushHeaders(),
      (response) => response.write(event('ADDED', 'e', 9)),
    ];
    http.answer = (response, seen) => (script.shift() ?? answerJson(500, {}))(response, seen);
    const reflector = createReflector({
      ...{ client, list: CALLS.listPods, watch: CALLS.watchPods, project: toPod, clock, random: () => 0, log },
    });
    const names = () => [...reflector.list()].map(({ name }) => name).sort();
    const untilRetries = (retries: number) =>
      vi.waitFor(() => expect(reflector.status().retries).toBe(retries), 10_000);
    reflector.start();
    await untilRetries(1);
    expect(names()).toEqual(['a', 'ünï']);
    await clock.advance(800);
    await untilRetries(2);
    expect(http.seen.at(-1)?.path).toMatch(/resourceVersion=2&.*watch=true/);
    await clock.advance(1600);
    await untilRetries(3);
    expect(reflector.status().trouble).toMatch(/answered 500 to list pods: starting/);
    await clock.advance(19_000);
    expect(reflector.status().lists).toBe(2);
    await clock.advance(1000);
    await untilRetries(4);
    expect(names()).toEqual(['b', 'c']);
    await clock.advance(3200);
    await vi.waitFor(() => expect([reflector.status().watches, script.length]).toEqual([4, 1]), 10_000);
    expect(names()).toEqual(['b', 'd']);
    await vi.waitFor(() => expect(reflector.status().trouble).toBeUndefined(), 10_000);
    await clock.advance(90_000);
    await untilRetries(5);
    expect(reflector.status().trouble).toMatch(/said nothing for 90 s/);
    await clock.advance(3200);
    await vi.waitFor(() => expect(names()).toEqual(['b', 'd', 'e']), 10_000);
    expect(reflector.status()).toMatchObject({ lists: 4, watches: 5, quarantined: 0, trouble: undefined });
    await reflector.stop();
    await client.close();
  });
});
