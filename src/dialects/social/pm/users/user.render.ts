import { type User } from '../../../../core/accounts/user.js';
import { type Id } from '../../../../kernel/id-source.js';
import { safeMarkup } from '../pm.markup.js';

/** How the caller stands to a user. */
export type ConnectionStatus = 'followed' | null;

/** What is known of a user beyond his row; absent where nobody asked. */
export interface UserExtras {
  readonly connectionStatus?: ConnectionStatus;
  readonly followers?: number;
  readonly followings?: number;
}

/** A user as he stands within anything. */
export interface PmUser {
  readonly id: number;
  readonly username: string;
  readonly real_name: string;
  readonly avatar: string | null;
  readonly ext_id: null;
  readonly deleted: boolean;
  readonly community_badge: boolean;
  readonly connection_status: ConnectionStatus;
  readonly followers_counter: number | null;
  readonly followings_counter: number | null;
  readonly date_joined: string | null;
  readonly bio: string;
  readonly location: string;
  readonly description: string;
  readonly gender: string | null;
  readonly website: string;
  readonly cover: null;
  readonly tags: readonly never[];
  readonly reputation: null;
  readonly reg_approved: boolean;
}

/**
 * Shows a user to others. Listed member by member: nothing else of him can slip through.
 *
 * @param user an account that is switched off is shown as a deleted one
 */
export function renderUser(user: User, extras: UserExtras = {}): PmUser {
  if (user.disabledAt !== null) return renderGone(user.id);
  return {
    ...nobody(user.id),
    username: safeMarkup(user.username),
    real_name: safeMarkup(`${user.firstName} ${user.lastName}`.trim()),
    deleted: false,
    community_badge: user.role !== 'user',
    connection_status: extras.connectionStatus ?? null,
    followers_counter: extras.followers ?? null,
    followings_counter: extras.followings ?? null,
    date_joined: user.createdAt.toISOString(),
    gender: user.gender === null ? null : safeMarkup(user.gender),
    reg_approved: user.validatedAt !== null,
  };
}

/** Shows somebody who is not there any more: the id is all that is left of him. */
export function renderGone(id: Id): PmUser {
  return nobody(id);
}

function nobody(id: Id): PmUser {
  return {
    id: Number(id),
    username: `deleted-${id}`,
    real_name: '',
    avatar: null,
    ext_id: null,
    deleted: true,
    community_badge: false,
    connection_status: null,
    followers_counter: null,
    followings_counter: null,
    date_joined: null,
    bio: '',
    location: '',
    description: '',
    gender: null,
    website: '',
    cover: null,
    tags: [],
    reputation: null,
    reg_approved: false,
  };
}
