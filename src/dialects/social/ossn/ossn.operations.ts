/** The parts of a site that its administrator can switch off. */
export type Component = 'OssnMessages' | 'OssnBlock' | 'OssnNotifications';

/** One call of the API and what has to be known of it before it runs. */
export interface Operation {
  readonly version: 'v1.0' | 'v2.0';
  /** what follows the version in the path */
  readonly name: string;
  /** it changes something: not for prefetching browsers, and not by GET where that is switched off */
  readonly writes: boolean;
  /** the parameter that says for whom it acts; a key of one user must be that user's */
  readonly actsFor: string | null;
  /** not with a key of one user */
  readonly siteOnly: boolean;
  /** refused while this component is switched off */
  readonly component: Component | null;
  /** takes a file part named `attachment` */
  readonly takesFile: boolean;
}

type Traits = Partial<Omit<Operation, 'version' | 'name'>>;

const operation = (version: Operation['version'], name: string, traits: Traits): Operation => ({
  version,
  name,
  writes: false,
  actsFor: null,
  siteOnly: false,
  component: null,
  takesFile: false,
  ...traits,
});
const v1 = (name: string, traits: Traits = {}): Operation => operation('v1.0', name, traits);
const v2 = (name: string, traits: Traits = {}): Operation => operation('v2.0', name, traits);

const MESSAGES = { component: 'OssnMessages' } as const;
const BLOCKS = { component: 'OssnBlock', actsFor: 'guid' } as const;
const NOTIFICATIONS = { component: 'OssnNotifications' } as const;

/** Every call there is. A name of one version does not exist in the other. */
export const OPERATIONS = {
  messageSend: v2('message/send', { ...MESSAGES, writes: true, actsFor: 'from', takesFile: true }),
  messageAdd: v1('message_add', { ...MESSAGES, writes: true, actsFor: 'from', takesFile: true }),
  messageList: v2('message/list', { ...MESSAGES, actsFor: 'guid' }),
  messageListV1: v1('message_list', { ...MESSAGES, actsFor: 'guid' }),
  // the reader is `to`, the other side `from`
  messageNew: v2('message/new', { ...MESSAGES, actsFor: 'to' }),
  messageNewV1: v1('message_new', { ...MESSAGES, actsFor: 'to' }),
  messageRecent: v1('message_recent', { ...MESSAGES, actsFor: 'guid' }),
  messageDelete: v1('message_delete', { ...MESSAGES, writes: true, actsFor: 'guid' }),
  unreadCounts: v1('unread_mesages_count_custom', { ...MESSAGES, actsFor: 'guid' }),

  userAdd: v1('user_add', { writes: true, siteOnly: true }),
  userAuthenticate: v1('user_authenticate', { writes: true }),
  userDetails: v1('user_details'),
  userEdit: v1('user_edit', { writes: true, actsFor: 'guid' }),
  userDelete: v2('user/delete', { writes: true, siteOnly: true }),

  addFriend: v1('user_add_friend', { writes: true, actsFor: 'user_a' }),
  removeFriend: v1('user_remove_friend', { writes: true, actsFor: 'user_a' }),
  isFriend: v1('user_is_friend', { actsFor: 'user_a' }),
  friends: v1('user_friends', { actsFor: 'guid' }),
  friendRequests: v1('user_friend_requests', { actsFor: 'guid' }),

  block: v2('user/block', { ...BLOCKS, writes: true }),
  unblock: v2('user/unblock', { ...BLOCKS, writes: true }),
  blocklist: v2('user/blocklist', BLOCKS),

  notificationsCount: v1('notifications_count', { ...NOTIFICATIONS, actsFor: 'guid' }),
  notificationsList: v1('notifications_list_user', { ...NOTIFICATIONS, actsFor: 'owner_guid' }),
  markAllRead: v2('notification/mark_all_read', { ...NOTIFICATIONS, writes: true, actsFor: 'guid' }),
  markViewed: v1('notifications_mark_viewed', { ...NOTIFICATIONS, writes: true }),

  components: v2('components/list_enabled'),
} as const satisfies Record<string, Operation>;

/** How a call is written in the list of operations a key is limited to: `v2.0/message/send`. */
export function operationKey({ version, name }: Pick<Operation, 'version' | 'name'>): string {
  return `${version}/${name}`;
}

/** Every call by its key. */
export const operationsByKey: ReadonlyMap<string, Operation> = new Map(
  Object.values(OPERATIONS).map((each: Operation) => [operationKey(each), each]),
);
