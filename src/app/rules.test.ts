// The file that rules are written to: whole or not at all, and never the file of the detectors.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { rules } from './rules.ts';

const DETECTORS = `apiVersion: monitoring.my.company/v2
kind: AnomalyDetector
metadata: { name: slow, namespace: shop }
spec: { targets: { matchLabels: { app: cart } }, metrics: [{ name: latency }], method: { name: ema } }
`;
const OPTIONS = { namespace: 'default', selectBy: 'pods', alerts: true } as const;

let folder: string;
const at = (name: string) => join(folder, name);
beforeEach(async () => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-'));
  await writeFile(at('detectors.yaml'), DETECTORS);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

test('rules are written whole, and nothing beside them', async () => {
  await rules({ ...OPTIONS, detectors: at('detectors.yaml'), output: at('rules.yaml') });
  expect(await readFile(at('rules.yaml'), 'utf8')).toMatch(/^---\ngroups:\n[\s\S]*[^\n]\n$/);
  expect((await readdir(folder)).sort()).toEqual(['detectors.yaml', 'rules.yaml']);
});

test('the file of the detectors is not overwritten', async () => {
  const same = { ...OPTIONS, detectors: at('detectors.yaml'), output: at('detectors.yaml') };
  await expect(rules(same)).rejects.toMatchObject({ code: 'bad-usage', message: expect.stringContaining('overwrite') });
  expect(await readFile(at('detectors.yaml'), 'utf8')).toBe(DETECTORS);
});

test('a file that cannot be written is told as one', async () => {
  const lost = { ...OPTIONS, detectors: at('detectors.yaml'), output: at('none/rules.yaml') };
  await expect(rules(lost)).rejects.toMatchObject({ code: 'cannot-write' });
});
