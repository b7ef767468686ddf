// Whether package-lock.json lets `npm ci` pass on every platform, and install nothing but what was locked: the same
// dependencies as package.json, a checksum for each package, only npm's registry, and each package that another needs
// (npm sometimes forgets the native packages of platforms other than the one it runs on).

interface Wants {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly engines?: Readonly<Record<string, string>>;
}

interface Locked extends Wants {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
}

export interface Lockfile {
  readonly packages: Readonly<Record<string, Locked>>;
}

const REGISTRY = 'https://registry.npmjs.org/';
const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'engines'] as const;

/** One sentence for each thing that is wrong; none when the lockfile is sound. */
export function judgeLockfile(manifest: Wants, lock: Lockfile): string[] {
  const { '': root = {}, ...packages } = lock.packages;
  const differing = KINDS.filter((kind) => !sameEntries(manifest[kind], root[kind]));
  return [
    ...differing.map(
      (kind) => `package-lock.json has other ${kind} than package.json: run "npm install" and commit it`,
    ),
    ...Object.entries(packages).flatMap(([path, one]) => judgePackage(path, one, lock)),
    ...missing('', root, lock),
  ];
}

function judgePackage(path: string, one: Locked, lock: Lockfile): string[] {
  const foreign = one.resolved !== undefined && !one.resolved.startsWith(REGISTRY);
  return [
    ...(one.link ? [`package-lock.json: ${path} is a link into another folder`] : []),
    ...(one.integrity?.startsWith('sha512-') ? [] : [`package-lock.json: ${path} has no sha512 checksum`]),
    ...(foreign ? [`package-lock.json: ${path} comes from ${one.resolved}, not from ${REGISTRY}`] : []),
    ...missing(path, one, lock),
  ];
}

function missing(path: string, one: Wants, lock: Lockfile): string[] {
  const names = Object.keys({ ...one.dependencies, ...one.optionalDependencies, ...one.devDependencies });
  return names
    .filter((name) => !isLockedFor(path, name, lock))
    .map((name) => `package-lock.json: ${path || 'package.json'} needs ${name}, which is not locked`);
}

/** Looks where Node would: beside the package's own dependencies first, then one folder further out at a time. */
function isLockedFor(path: string, name: string, lock: Lockfile): boolean {
  for (let from = path; ; from = from.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, '')) {
    if (lock.packages[`${from === '' ? '' : `${from}/`}node_modules/${name}`] !== undefined) return true;
    if (from === '') return false;
  }
}

function sameEntries(a: Readonly<Record<string, string>> = {}, b: Readonly<Record<string, string>> = {}): boolean {
  const sorted = (entries: object) => JSON.stringify(Object.entries(entries).sort());
  return sorted(a) === sorted(b);
}
