// Credentials of a kubeconfig, by the official library's own reading of it: certificates, tokens, plugins that are run.
// What the library does not know (`tokenFile`, and a plugin's message when it fails) is added here.
import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { AppError } from '#kit/errors.ts';
import type { KubeAccess, KubeCredentials } from './access.ts';

interface Chosen {
  readonly config: KubeConfig;
  readonly server: string;
  readonly context: string;
  readonly namespace: string;
  readonly tokenFile: string | undefined;
}

const bad = (message: string, cause?: unknown) => new AppError('bad-config', message, { cause });

/** Access by the files' context `context`, or the current one. Rejects with an AppError `bad-config`. */
export async function readKubeconfig(paths: string, context: string | undefined): Promise<KubeAccess> {
  let chosen = await choose(paths, context);
  return {
    server: chosen.server,
    context: chosen.context,
    namespace: chosen.namespace,
    credentials: async ({ fresh = false } = {}) => {
      // The library keeps what a plugin said for as long as it likes; a new one has to ask again.
      if (fresh) chosen = await choose(paths, chosen.context);
      return credentialsOf(chosen);
    },
  };
}

async function choose(paths: string, wanted: string | undefined): Promise<Chosen> {
  const files = paths.split(delimiter).filter((path) => path !== '');
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  const tokenFiles = new Map<string, string>();
  for (const [index, file] of files.entries()) {
    const text = await readFile(file, 'utf8').catch((cause) => {
      throw bad(`the kubeconfig ${file} cannot be read: pass one with --kubeconfig, or set KUBECONFIG`, cause);
    });
    const part = index === 0 ? config : new KubeConfig();
    try {
      part.loadFromString(text);
      part.makePathsAbsolute(dirname(file));
      if (part !== config) config.mergeConfig(part, config.currentContext !== undefined);
      findTokenFiles(text, dirname(file), tokenFiles);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw bad(`${file} is not a kubeconfig (${why}): see it with "kubectl config view --kubeconfig ${file}"`, cause);
    }
  }
  return pick(config, paths, wanted, tokenFiles);
}

function pick(config: KubeConfig, paths: string, wanted: string | undefined, tokenFiles: Map<string, string>): Chosen {
  const name = wanted ?? config.currentContext;
  const known = config.contexts.map((context) => context.name);
  const choice = `pass --context with one of: ${known.join(', ') || '(it has none)'}`;
  if (name === undefined || name === '') throw bad(`the kubeconfig ${paths} has no current context: ${choice}`);
  const context = config.getContextObject(name);
  if (context === null) throw bad(`the kubeconfig ${paths} has no context "${name}": ${choice}`);
  const cluster = config.getCluster(context.cluster);
  if (cluster === null)
    throw bad(`${paths}: the context "${name}" names a cluster "${context.cluster}" that is not there`);
  if (config.getUser(context.user) === null) {
    throw bad(`${paths}: the context "${name}" names a user "${context.user}" that is not there`);
  }
  const { protocol, hostname } = parseServer(cluster.server, paths);
  if (protocol === 'http:' && !isLoopback(hostname)) {
    throw bad(`${paths}: ${cluster.server} is not encrypted and would hear the credentials: use https`);
  }
  if (cluster.proxyUrl?.startsWith('socks')) {
    throw bad(`${paths}: a SOCKS proxy (${cluster.proxyUrl}) is not supported: use an http or https proxy`);
  }
  config.setCurrentContext(name);
  // The library makes no options for plain HTTP unless told that this is meant; it is, on loopback.
  config.clusters = config.clusters.map((one) =>
    one === cluster && protocol === 'http:' ? { ...one, skipTLSVerify: true } : one,
  );
  return {
    config,
    server: cluster.server.replace(/\/$/, ''),
    context: name,
    namespace: context.namespace || 'default',
    tokenFile: tokenFiles.get(context.user),
  };
}

async function credentialsOf({ config, tokenFile, context }: Chosen): Promise<KubeCredentials> {
  const options: RequestOptions & { servername?: string } = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (cause) {
    const command = config.getCurrentUser()?.exec?.command;
    const why = cause instanceof Error ? cause.message.trim() : String(cause);
    throw bad(
      command === undefined
        ? `the credentials of the context "${context}" cannot be read: ${why}`
        : `the plugin "${command}", which gives the credentials of the context "${context}", failed: ${why}. Install it, ` +
            'or log in with it, and see with "kubectl auth whoami"',
      cause,
    );
  }
  const headers: Record<string, string> = {};
  if (typeof options.auth === 'string') headers.authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = String(value);
  if (tokenFile !== undefined) headers.authorization = `Bearer ${await readToken(tokenFile)}`;
  const { skipTLSVerify = false, proxyUrl } = config.getCurrentCluster() ?? {};
  return {
    ...optional('ca', options.ca),
    ...optional('cert', options.cert),
    ...optional('key', options.key),
    ...optional('serverName', options.servername),
    ...optional('proxyUrl', proxyUrl),
    insecure: skipTLSVerify,
    headers,
  };
}

async function readToken(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw bad(`the token file ${file} cannot be read`, cause);
  });
  return text.trim();
}

function optional<Name extends string>(name: Name, value: unknown): { readonly [key in Name]?: string } {
  return value === undefined || value === null ? {} : ({ [name]: String(value) } as { readonly [key in Name]: string });
}

function findTokenFiles(text: string, folder: string, found: Map<string, string>): void {
  const { users = [] } = parse(text) as { users?: readonly { name: string; user?: { tokenFile?: string } }[] | null };
  for (const { name, user } of users ?? []) {
    const file = user?.tokenFile;
    if (file !== undefined) found.set(name, isAbsolute(file) ? file : join(folder, file));
  }
}

function parseServer(server: string, paths: string): URL {
  if (URL.canParse(server)) return new URL(server);
  throw bad(`${paths}: "${server}" is not the address of an API server (https://host:port)`);
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}
