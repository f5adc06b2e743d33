import { type User } from '../../../core/accounts/user.js';
import { ICON_SIZES, type IconSize, iconUrl } from './ossn.icons.js';

/** Seconds since his last activity within which a user counts as being there. */
const ONLINE_SECONDS = 10;

/** A user as he stands within messages. */
export interface TrimmedUser {
  readonly guid: number;
  readonly fullname: string;
  readonly username: string;
  readonly icon: Readonly<Partial<Record<IconSize, string>>>;
}

/** The other side of a conversation. */
export interface WithUser extends TrimmedUser {
  readonly is_online?: boolean;
}

/** A user as he stands by himself. */
export interface FullUser {
  readonly guid: number;
  readonly first_name: string;
  readonly last_name: string;
  readonly fullname: string;
  readonly username: string;
  readonly email: string;
  /** dd/mm/yyyy */
  readonly birthdate: string;
  readonly gender: string;
  readonly is_verified_user: null;
  readonly icon: Readonly<Record<IconSize, string>>;
  readonly cover_url: false;
  readonly language: null;
}

/** @param base the address of the site, with a slash at its end */
export function trimmedUser(base: string, user: User, sizes: readonly IconSize[] = ['small']): TrimmedUser {
  const icon: Partial<Record<IconSize, string>> = {};
  for (const size of sizes) icon[size] = iconUrl(base, user.username, size);
  return { guid: Number(user.id), fullname: fullName(user), username: user.username, icon };
}

/**
 * @param base the address of the site, with a slash at its end
 * @param isPrivate true: e-mail address and birth date are left empty, their keys stay
 */
export function fullUser(base: string, user: User, isPrivate: boolean): FullUser {
  const sizes = Object.keys(ICON_SIZES) as IconSize[];
  return {
    guid: Number(user.id),
    first_name: user.firstName,
    last_name: user.lastName,
    fullname: fullName(user),
    username: user.username,
    email: isPrivate ? '' : (user.email ?? ''),
    birthdate: isPrivate || user.birthdate === null ? '' : wireDate(user.birthdate),
    gender: user.gender ?? '',
    is_verified_user: null,
    icon: trimmedUser(base, user, sizes).icon as Record<IconSize, string>,
    cover_url: false,
    language: null,
  };
}

/** @returns whether the user did something within the last seconds */
export function isOnline(user: User, nowMs: number): boolean {
  return user.lastActivityAt !== null && nowMs - user.lastActivityAt.getTime() <= ONLINE_SECONDS * 1000;
}

/** @param date YYYY-MM-DD. @returns dd/mm/yyyy */
export function wireDate(date: string): string {
  return date.split('-').reverse().join('/');
}

function fullName({ firstName, lastName }: User): string {
  return `${firstName} ${lastName}`.trim();
}
