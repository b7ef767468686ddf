// What this is, where its data lies, and the command that watches one's own cluster.
import type { Handler } from '../context.ts';

export const about: Handler<'about'> = async (context) => context.about;
