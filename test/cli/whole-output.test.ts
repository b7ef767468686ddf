import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tidewatch } from '../fixtures/command.ts';

it('what is printed into a pipe comes out of it to its end, however long it is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tidewatch-output-'));
  try {
    const file = join(folder, 'wrong.yaml');
    const wrong =
      'apiVersion: monitoring.my.company/v2\nkind: AnomalyDetector\nmetadata: {name: a}\nspec: {a: 1, b: 2, c: 3}\n';
    await writeFile(file, Array.from({ length: 500 }, () => wrong).join('---\n'));
    const { code, stdout } = await tidewatch(['validate', '-f', file, '-o', 'json']);
    // More than any pipe takes at once.
    expect(stdout.length).toBeGreaterThan(500_000);
    expect(JSON.parse(stdout).errors).toBeGreaterThan(1500);
    expect(code).toBe(1);
  } finally {
    await rm(folder, { recursive: true });
  }
});
