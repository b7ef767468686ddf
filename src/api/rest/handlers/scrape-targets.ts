// Pods that somebody should scrape (D4), as Prometheus' HTTP service discovery asks for them.
import type { Handler } from '../context.ts';

export const scrapeTargets: Handler<'scrapeTargets'> = async (context) => context.scrapeTargets?.list() ?? [];
