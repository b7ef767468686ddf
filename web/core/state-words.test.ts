import { describe, expect, test } from 'vitest';
import type { Felt, Overview, Tile } from '#api/rest/contract.ts';
import { createFormat } from './format.ts';
import { en } from './messages/en.ts';
import { zh } from './messages/zh.ts';
import { stateWords } from './state-words.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2022, 7, 22, 4, 7);
const tile = (severity: Tile['severity']) => ({ severity }) as Tile;
const tiles = (red: number, amber: number, green: number): Tile[] => [
  ...Array.from({ length: red }, () => tile('red')),
  ...Array.from({ length: amber }, () => tile('amber')),
  ...Array.from({ length: green }, () => tile('green')),
];
const latency = (metric: string, value: number, unusual = true) =>
  ({ metric, kind: 'latency', value, expected: 0.553, severity: 'green', unusual }) as Felt;

function said(services: Tile[], part: Partial<Overview> = {}, language: 'en' | 'zh' = 'en'): [string, string] {
  const unhealthy = services.filter(({ severity }) => severity === 'red').length;
  const quiet = services.length - unhealthy;
  const overview = { nowMs: NOW, unhealthy, quiet, sinceMs: NOW - 2 * MINUTE, felt: [], services, pods: [], ...part };
  const words = { language, format: createFormat(language, 'UTC'), messages: { en, zh }[language] };
  const { severity, head, rest } = stateWords(overview as unknown as Overview, words);
  return [severity, (head + rest).replaceAll('\u202f', ' ')];
}

describe('the sentence of state', () => {
  test('says quiet only when every tile is', () => {
    expect(said(tiles(0, 0, 10))).toEqual(['green', 'All 10 services quiet since 04:05']);
  });

  test('is amber above amber tiles', () => {
    expect(said(tiles(0, 3, 7))).toEqual(['amber', 'Quiet since 04:05; 3 just settled; 7 quiet']);
    expect(said(tiles(0, 3, 7), {}, 'zh')).toEqual(['amber', '自 04:05 起平静；3 个刚恢复；7 个平静']);
  });

  test('counts what just settled beside what is unhealthy', () => {
    expect(said(tiles(2, 1, 7))).toEqual(['red', '2 services unhealthy since 04:05; 1 just settled; 7 quiet']);
  });

  test('is red above red pods that belong to no service', () => {
    expect(said(tiles(0, 0, 2), { pods: tiles(1, 0, 3) })).toEqual(['red', '1 pod unhealthy since 04:05; 2 quiet']);
  });

  test('says what users feel when it is far from its usual and no finding is open, the farthest first', () => {
    const felt = [latency('service_latency_p50_seconds', 2), latency('service_latency_p90_seconds', 5.19)];
    const far = 'No finding is open, but users feel a P90 latency of 5.19 s, usually 553 ms';
    expect(said(tiles(0, 0, 10), { felt })).toEqual(['amber', far]);
    expect(said(tiles(0, 3, 7), { felt })).toEqual(['amber', `${far}; 3 just settled; 7 quiet`]);
    expect(said(tiles(1, 0, 9), { felt })[1]).toBe('1 service unhealthy since 04:05; 9 quiet');
    expect(said(tiles(0, 0, 10), { felt: [latency('service_latency_p90_seconds', 0.6, false)] })[0]).toBe('green');
  });

  test('says first that users get errors', () => {
    const felt = [{ kind: 'success-ratio', value: 0.538, severity: 'red', unusual: false } as Felt];
    expect(said(tiles(0, 0, 10), { felt })).toEqual([
      'red',
      'Users get errors, 53.8 % succeed; no service has a finding',
    ]);
    expect(said(tiles(1, 0, 9), { felt })[1]).toBe(
      'Users get errors, 53.8 % succeed; 1 service unhealthy since 04:05; 9 quiet',
    );
  });
});
