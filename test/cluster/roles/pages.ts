// What the roles say over HTTP: the keeper's page, and everybody's figures.

// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects of a reply
export async function json(url: string, path: string): Promise<any> {
  const reply = await fetch(`${url}${path}`);
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  return reply.json();
}

/** NaN when there is no such figure. */
export async function metric(url: string, name: string): Promise<number> {
  return (await metrics(url)).get(name) ?? Number.NaN;
}

/** By name, with the labels as they are written. */
export async function metrics(url: string): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

/** Calls that an analyser has answered since its start; 0 when it does not run. */
export async function callsOf(health: string): Promise<number> {
  const all = await metrics(health).catch(() => new Map<string, number>());
  return [...all].reduce(
    (sum, [name, count]) => sum + (name.startsWith('tidewatch_analysis_calls_total') ? count : 0),
    0,
  );
}
