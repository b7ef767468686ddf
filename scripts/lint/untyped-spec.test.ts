import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tidewatch-lint-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What Biome says of a file with these lines, by this rule alone. */
function findings(...lines: readonly string[]): number {
  writeFileSync(
    join(folder, 'biome.json'),
    JSON.stringify({ plugins: [join(ROOT, 'scripts/lint/untyped-spec.grit')] }),
  );
  writeFileSync(join(folder, 'probe.ts'), `${lines.join('\n')}\n`);
  const args = [join(ROOT, 'scripts/run.mjs'), 'biome', 'lint', '--config-path', folder, join(folder, 'probe.ts')];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return (`${stdout}${stderr}`.match(/read as an untyped map/g) ?? []).length;
}

it('finds a spec that is read as an untyped map, however it is written', () => {
  expect(
    findings(
      'export const a = (o: { spec: unknown }) => o.spec as Record<string, unknown>;',
      "export const b = (o: Record<string, unknown>) => o['spec'];",
      'export function c(o: unknown) {',
      '  const { spec } = o as Record<string, unknown>;',
      '  return spec;',
      '}',
    ),
  ).toBe(3);
});

it('lets a spec be read by its type', () => {
  expect(
    findings(
      'interface Spec { readonly size: number }',
      'export const a = (o: { spec: Spec }) => o.spec.size;',
      'export const b = (o: { metadata: unknown }) => o.metadata as Record<string, unknown>;',
    ),
  ).toBe(0);
});
