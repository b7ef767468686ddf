// One test of a suite: runs it, and reports it by its name whether it passed or not; what follows runs all the same.

export type Check = (name: string, body: () => Promise<unknown>) => Promise<void>;

export function createCheck(report: (name: string, error?: Error) => void): Check {
  return async (name, body) => {
    try {
      await body();
    } catch (error) {
      return report(name, error instanceof Error ? error : new Error(String(error)));
    }
    report(name);
  };
}
