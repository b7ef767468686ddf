import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveWorld, type TestServer } from '../test-server.ts';
import { FAULTS_FROM, FROM, LABELS, MINUTE, trackOf } from '../test-world.ts';

const NOW = FAULTS_FROM + 30 * MINUTE;
const TRACK = trackOf(LABELS.cartLatency).key;
let served: TestServer;
beforeEach(async () => {
  served = await serveWorld();
});
afterEach(() => served.server.close());

describe('a series', () => {
  it('ends at the playhead and has columns of one length', async () => {
    const data = await served.get('series', { track: TRACK });
    expect([data.timesMs[0], data.timesMs.at(-1)]).toEqual([FROM, NOW]);
    const { values, expected, lower, upper, scores, flags } = data;
    const lengths = [values, expected, lower, upper, scores, flags].map((column) => column.length);
    expect(new Set(lengths)).toEqual(new Set([data.timesMs.length]));
    expect(data).toMatchObject({ detector: 'latency', metric: 'pod_server_latency_p90_seconds', stepMs: MINUTE });
  });

  it('is cut to the range that was asked for, both ends included', async () => {
    const query = { track: TRACK, fromMs: String(NOW - 2 * MINUTE), toMs: String(NOW - MINUTE) };
    expect((await served.get('series', query)).timesMs).toEqual([NOW - 2 * MINUTE, NOW - MINUTE]);
  });

  it('of the future is empty', async () => {
    const query = { track: TRACK, fromMs: String(NOW + MINUTE), toMs: String(NOW + 5 * MINUTE) };
    expect((await served.get('series', query)).timesMs).toEqual([]);
  });

  it('that no detector watches has values and no scores', async () => {
    const data = await served.get('series', { track: trackOf(LABELS.cartReads).key });
    expect(new Set(data.values)).toEqual(new Set([0]));
    expect(new Set(data.scores)).toEqual(new Set([null]));
  });

  it.each([
    ['that is unknown', 'track=x', 404, 'no track "x"'],
    ['with a time that is none', `track=${encodeURIComponent(TRACK)}&fromMs=noon`, 400, 'query: fromMs:'],
    [
      'with a range upside down',
      `track=${encodeURIComponent(TRACK)}&fromMs=5&toMs=4`,
      400,
      'fromMs: expected at most toMs (4), got 5',
    ],
    ['with a field that is unknown', 'track=x&frmMs=3', 400, 'unknown field "frmMs"; did you mean "fromMs"?'],
    ['named twice', 'track=x&track=y', 400, 'track: expected string, got ["x","y"]'],
  ])('%s is refused', async (_, query, status, message) => {
    const refusal = await served.refused(`/api/series?${query}`);
    expect(refusal.status).toBe(status);
    expect(refusal.message).toContain(message);
  });
});
