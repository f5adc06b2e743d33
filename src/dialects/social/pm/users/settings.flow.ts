import { Inject, Injectable } from '@nestjs/common';
import { PmSettingsStore } from '../../../../core/pm/pm-settings.js';
import { type PmCaller } from '../auth/caller.js';
import { type FieldFault, fieldFaults } from '../pm.faults.js';
import { requireSelf } from './relations.flow.js';

/** Every setting with what it may be; the first is the default. */
const CHOICES = {
  qa_frequency: [0, -1, 1],
  email_notification_not_qa: [1, 0],
  mobile_notifications_scmty: [1, 0],
  show_toast_notifications: [1, 0],
  toast_notifications_emit_sound: [1, 0],
} as const satisfies Record<string, readonly number[]>;

/** The settings of a user, as clients take them. */
export type PmUserSettings = Readonly<Record<keyof typeof CHOICES, number>>;

/** How a user wants to be told of things. */
@Injectable()
export class SettingsFlow {
  constructor(@Inject(PmSettingsStore) private readonly store: PmSettingsStore) {}

  /** @throws PmFault 403 for somebody else's */
  async get(caller: PmCaller, id: string): Promise<PmUserSettings> {
    requireSelf(caller, id);
    return complete(await this.store.get(caller.userId));
  }

  /** Changes what the body names; other members of it are ignored. @throws PmFault 403, 400 */
  async change(caller: PmCaller, id: string, body: Readonly<Record<string, unknown>>): Promise<PmUserSettings> {
    requireSelf(caller, id);
    return complete(await this.store.change(caller.userId, chosen(body)));
  }
}

function chosen(body: Readonly<Record<string, unknown>>): Record<string, number> {
  const faults: FieldFault[] = [];
  const choices: Record<string, number> = {};
  for (const [field, allowed] of Object.entries(CHOICES) as [string, readonly number[]][]) {
    if (!Object.hasOwn(body, field)) continue;
    const given = body[field];
    const value = typeof given === 'boolean' ? Number(given) : given;
    if (typeof value === 'number' && allowed.includes(value)) choices[field] = value;
    else faults.push({ field, code: 'invalid', message: `Must be one of: ${[...allowed].sort((a, b) => a - b).join(', ')}.` });
  }
  if (faults.length > 0) throw fieldFaults(faults);
  return choices;
}

function complete(choices: Readonly<Record<string, number>>): PmUserSettings {
  const names = Object.keys(CHOICES) as (keyof typeof CHOICES)[];
  return Object.fromEntries(names.map((name) => [name, choices[name] ?? CHOICES[name][0]])) as PmUserSettings;
}
