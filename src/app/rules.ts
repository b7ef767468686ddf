// Reads detectors and writes rules. Only rules go to standard output, so that they can be piped; notes go to standard error.
import { text } from 'node:stream/consumers';
import { checkExport, type Written, writeExport } from './export-file.ts';
import { readDetectorsFile } from './load.ts';
import { toYaml } from './manifests/yaml-text.ts';
import { printable } from './printable.ts';
import { ruleFile } from './rules/rule-file.ts';
import type { RulesOptions } from './rules-command.ts';

const RULES: Written = { what: 'rules', option: '--output' };

/** Rejects with `not-found`, with `bad-config` for what cannot be rules, and with what `writeExport` does. */
export async function rules(options: RulesOptions): Promise<void> {
  const { detectors, output } = options;
  const isPiped = detectors === '-';
  if (output !== undefined) await checkExport(output, isPiped ? [] : [detectors], RULES);
  const given = isPiped ? await text(process.stdin) : await readDetectorsFile(detectors);
  const { groups, notes } = ruleFile(given, isPiped ? 'standard input' : detectors, options);
  for (const note of notes) process.stderr.write(`note: ${printable(note)}\n`);
  const written = toYaml([{ groups }]);
  // It adds a break of its own.
  if (output === undefined) process.stdout.write(written);
  else await writeExport(output, [written.replace(/\n$/, '')], RULES);
}
