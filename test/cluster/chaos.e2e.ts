// deploy/chaos/ beside Chaos Mesh's own definitions: a real API server takes each experiment under strict validation, `tidewatch
// validate` says the same without one, and both refuse one that is spoiled. Nothing is broken here: test/faults/ does that.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCheck } from '../e2e/check.ts';
import { tidewatch } from '../fixtures/command.ts';
import type { ControlPlane } from '../parts/control-plane.ts';
import { binaryOf } from '../parts/missing.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { INSTALLED } from './kubelet.ts';

export interface ChaosSuite {
  readonly plane: ControlPlane;
  readonly folder: string;
  report(name: string, error?: Error): void;
}

const EXPERIMENTS = fileURLToPath(new URL('../../deploy/chaos', import.meta.url));

export async function run({ plane, folder, report }: ChaosSuite): Promise<void> {
  const check = createCheck(report);
  const crds = dirname(binaryOf('chaos-mesh', 'crds/podchaos.yaml'));
  const names = (await readdir(EXPERIMENTS)).filter((name) => name.endsWith('.yaml'));
  const delay = await readFile(join(EXPERIMENTS, 'delay.yaml'), 'utf8');
  const spoiled = delay.replace('latency: 2s', 'latency: two');
  const apply = (text: string) => plane.kubectl(['create', '--validate=strict', '--dry-run=server', '-f', '-'], text);

  await check('an API server with Chaos Mesh takes every experiment, and not a spoiled one', async () => {
    // Too large for what `apply` notes in an object.
    await plane.kubectl(['create', '-f', crds]);
    await plane.kubectl(['wait', '--for=condition=Established', 'crd', '--all']);
    await plane.kubectl(['create', 'namespace', INSTALLED]);
    if (names.length < 6) throw new Error(`only ${names.join(', ')}`);
    for (const name of names) {
      const experiment = await readFile(join(EXPERIMENTS, name), 'utf8');
      await waitUntil(`${name} to be taken, once its kind is served`, () => apply(experiment));
    }
    const told = await apply(spoiled).then(() => 'taken', String);
    if (!told.includes('spec.delay.latency')) throw new Error(told);
  });
  await check('tidewatch validate says the same without one', async () => {
    const good = await tidewatch(['validate', '-f', EXPERIMENTS, '--schema-file', crds]);
    if (good.code !== 0 || !good.stdout.includes(`${names.length} objects`)) throw new Error(JSON.stringify(good));
    const file = join(folder, 'spoiled.yaml');
    await writeFile(file, spoiled);
    const bad = await tidewatch(['validate', '-f', file, '--schema-file', crds]);
    if (bad.code !== 1 || !bad.stdout.includes('spec.delay.latency')) throw new Error(JSON.stringify(bad));
  });
}
