// Who is told in these tests: a real Alertmanager, the chat that it tells, and a webhook that is told directly.
import { join } from 'node:path';
import { type Alertmanager, startAlertmanager } from '../parts/alertmanager.ts';
import { type Hook, startHook } from './hook.ts';

export interface Receivers {
  readonly alertmanager: Alertmanager;
  /** Told by the Alertmanager. */
  readonly chat: Hook;
  /** Told by the keeper itself. */
  readonly direct: Hook;
}

/** They stop with `ending`. */
export async function openReceivers(folder: string, ending: AsyncDisposableStack): Promise<Receivers> {
  const chat = await startHook();
  ending.defer(() => chat.stop());
  const direct = await startHook();
  ending.defer(() => direct.stop());
  const alertmanager = await startAlertmanager({ folder: join(folder, 'alertmanager'), webhookUrl: chat.url });
  ending.defer(() => alertmanager.stop());
  return { alertmanager, chat, direct };
}
