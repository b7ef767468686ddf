// Times as Kubernetes' MicroTime wants them: RFC 3339 with six decimals.

export function microTime(timeMs: number): string {
  const micros = Math.floor((timeMs - Math.floor(timeMs)) * 1000);
  return new Date(Math.floor(timeMs)).toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`);
}
