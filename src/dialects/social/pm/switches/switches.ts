/** A setting of the community as clients take it. */
export interface PmPreference {
  readonly id: number;
  readonly section: string;
  readonly name: string;
  readonly value: boolean;
}

/** Something a server may be able to do. */
export interface PmFeature {
  readonly id: number;
  readonly name: string;
  readonly enabled: boolean;
}

/** Without the first, clients show no messages at all. */
export const PREFERENCES: readonly PmPreference[] = [
  { id: 1, section: 'addons', name: 'private_messages_enabled', value: true },
  { id: 2, section: 'configurations', name: 'follow_enabled', value: true },
];

export const FEATURES: readonly PmFeature[] = [
  { id: 1, name: 'private_messaging', enabled: true },
  { id: 2, name: 'groups', enabled: false },
];
