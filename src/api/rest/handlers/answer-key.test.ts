import { afterEach, expect, it } from 'vitest';
import { MOST_FINDINGS } from '../known-findings.ts';
import { serveWorld, type TestServer } from '../test-server.ts';
import { createWorld, FAULTS_FROM, FROM, findingOf, LABELS, MINUTE, TO } from '../test-world.ts';

let served: TestServer | undefined;
afterEach(() => served?.server.close());

const FAULTS = [
  { timeMs: FAULTS_FROM + 10 * MINUTE, pod: 'cart-5f6585d649-fnmft', service: 'cart', type: 'cpu' },
  { timeMs: FAULTS_FROM + 20 * MINUTE, pod: 'ads-1', service: 'ads', type: 'network' },
  { timeMs: FAULTS_FROM + 40 * MINUTE, pod: 'cart-5f6585d649-fnmft', service: 'cart', type: 'return' },
];

function shop() {
  const world = createWorld();
  world.faults = FAULTS;
  world.findings = [
    findingOf(LABELS.frontCpu, FROM + 90 * MINUTE, FROM + 95 * MINUTE),
    findingOf(LABELS.call, FAULTS_FROM + 12 * MINUTE, FAULTS_FROM + 15 * MINUTE),
    findingOf(LABELS.frontCpu, FAULTS_FROM + 23 * MINUTE),
  ];
  return world;
}

it('tells each fault as coloured, by whom and how late, or as a miss', async () => {
  served = await serveWorld({ world: shop() });
  const key = await served.get('answerKey');
  expect(key.faults.map(({ outcome, delayMs, neighbours }) => [outcome, delayMs, neighbours])).toEqual([
    ['coloured', 2 * MINUTE, []],
    ['neighbour-only', null, ['frontend']],
    ['pending', null, []],
  ]);
  expect(key).toMatchObject({ coloured: 1, complete: false });
  expect(await served.get('finding', { id: key.faults[0]?.finding ?? '' })).toMatchObject({ service: 'cart' });
});

it('counts quiet minutes after the first hour, and the red ones among them', async () => {
  served = await serveWorld({ world: shop() });
  expect((await served.get('answerKey')).quiet).toEqual({ minutes: 120, red: 5 });
});

it('counts quiet minutes up to the playhead', async () => {
  const world = shop();
  world.moveTo(FROM + 92 * MINUTE);
  served = await serveWorld({ world });
  expect((await served.get('answerKey')).quiet).toEqual({ minutes: 32, red: 2 });
});

it('is complete at the end, where what was not seen is missed', async () => {
  const world = shop();
  world.moveTo(TO);
  served = await serveWorld({ world });
  const key = await served.get('answerKey');
  expect(key).toMatchObject({ complete: true, coloured: 1 });
  expect(key.faults[2]?.outcome).toBe('missed');
});

it('counts what is too old to be listed, and says that it is not listed', async () => {
  const world = shop();
  const late = findingOf(LABELS.cartReads, FAULTS_FROM + 26 * MINUTE, FAULTS_FROM + 27 * MINUTE);
  const many = Array.from({ length: MOST_FINDINGS }, (_, index) => ({ ...late, id: `late ${index}` }));
  world.findings = [...world.findings, ...many];
  served = await serveWorld({ world });
  const key = await served.get('answerKey');
  expect(key.leftOut).toBe(3);
  expect(key.quiet).toEqual({ minutes: 120, red: 5 });
  expect(key.faults.slice(0, 2).map(({ outcome }) => outcome)).toEqual(['coloured', 'neighbour-only']);
  expect(await served.get('finding', { id: key.faults[0]?.finding ?? '' })).toMatchObject({ service: 'cart' });
});

it('leaves nothing out of a tape that is not too loud', async () => {
  served = await serveWorld({ world: shop() });
  expect((await served.get('answerKey')).leftOut).toBe(0);
});

it('reads what is over once, however far the replay goes on', async () => {
  const world = shop();
  const late = findingOf(LABELS.cartReads, FAULTS_FROM + 26 * MINUTE, FAULTS_FROM + 27 * MINUTE);
  world.findings = [...world.findings, ...Array.from({ length: MOST_FINDINGS }, (_, i) => ({ ...late, id: `l ${i}` }))];
  world.faults = FAULTS.slice(0, 2);
  served = await serveWorld({ world });
  await served.get('answerKey');
  await served.clock.advance(60_000);
  const before = world.calls.findings ?? 0;
  await served.get('findings');
  world.state = { ...world.state, nowMs: world.state.nowMs + MINUTE };
  await served.get('answerKey');
  expect(world.calls.findings).toBe(before);
});
