// Python with gRPC and NumPy, in an environment of its own in the cache folder, and the code that grpcio-tools generates from
// proto/. The environment is made when it is missing, or when requirements.txt has changed.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pythonWith } from '../../parts/python.ts';
import { runCommand } from '../../parts/run-command.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const PROTO = here('../../../proto');
const FILES = ['analysis.proto', 'tidewatch/v1/analysis.proto'];

export interface PythonEnvironment {
  readonly python: string;
  /** The folder of the generated code. */
  readonly generated: string;
  /** The path of a script beside this file. */
  script(name: string): string;
}

/** Rejects with a sentence when there is no Python, or its packages cannot be had. */
export async function makePython(folder: string): Promise<PythonEnvironment> {
  const python = await pythonWith(here('requirements.txt'), 'grpc');
  const generated = join(folder, 'generated');
  // A folder without __init__.py is a package as well, but only a fresh one is sure to hold nothing else.
  await rm(generated, { recursive: true, force: true });
  await mkdir(generated, { recursive: true });
  const out = [`-I${PROTO}`, `--python_out=${generated}`, `--grpc_python_out=${generated}`];
  await runCommand(python, ['-m', 'grpc_tools.protoc', ...out, ...FILES]);
  return { python, generated, script: here };
}

/** A CA and what it signed for the roles `names`, as PEM, by openssl; `by` begins its command, e.g. `faketime`. */
export async function makeCertificates<Name extends string>(
  folder: string,
  names: readonly Name[],
  by: readonly string[] = [],
) {
  await mkdir(folder, { recursive: true });
  const at = (name: string) => join(folder, name);
  const [command = 'openssl', ...before] = [...by, 'openssl'];
  const openssl = (...args: string[]) => runCommand(command, [...before, ...args], { cwd: folder });
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await openssl('req', '-x509', ...fresh, '-days', '2', '-subj', '/CN=test CA', '-keyout', 'ca.key', '-out', 'ca.crt');
  const ca = await readFile(at('ca.crt'), 'utf8');
  const made: [Name, { cert: string; key: string; ca: string }][] = [];
  for (const name of names) {
    await openssl('req', ...fresh, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    const uri = `URI:spiffe://tidewatch/test/${name}`;
    await writeFile(at('names'), `subjectAltName=DNS:analysers,DNS:localhost,IP:127.0.0.1,${uri}\n`);
    const sign = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
    await openssl('x509', '-req', '-in', `${name}.csr`, ...sign, '-out', `${name}.crt`);
    made.push([
      name,
      { cert: await readFile(at(`${name}.crt`), 'utf8'), key: await readFile(at(`${name}.key`), 'utf8'), ca },
    ]);
  }
  return Object.fromEntries(made) as Readonly<Record<Name, { cert: string; key: string; ca: string }>>;
}
