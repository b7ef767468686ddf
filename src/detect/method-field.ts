/** The field that holds a method's own parameters in a resource: `rolling-z-score` → `rollingZScore`. */
export function methodField(algorithm: string): string {
  return algorithm.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
