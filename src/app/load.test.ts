import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ALGORITHMS } from '#detect/index.ts';
import { readDetectors } from '#resource/anomaly-detector/parse.ts';
import { readDetectorsFile } from './load.ts';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

describe('a detectors file', () => {
  it('is no folder, and what to do is said', async () => {
    const path = join(ROOT, 'detectors');
    await expect(readDetectorsFile(path)).rejects.toMatchObject({
      code: 'not-found',
      message: `cannot read the detectors file ${path}: it is a folder; name a file in it`,
    });
  });

  it('that is not there is told by its name', async () => {
    await expect(readDetectorsFile('none.yaml')).rejects.toThrow(/^cannot read the detectors file none\.yaml: ENOENT/);
  });

  it('is there wherever the README names one, with detectors in it', async () => {
    const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
    const named = [...readme.matchAll(/^\.\/tidewatch .*-f (\S+\.yaml)/gm)].map(([, path = '']) => path);
    expect(named).toContain('docs/guides/promql-detector.yaml');
    for (const path of named) {
      const text = await readDetectorsFile(join(ROOT, path));
      expect(readDetectors(text, path, ALGORITHMS)).not.toEqual([]);
    }
  });
});
