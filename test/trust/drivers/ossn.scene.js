import { urlEncoded } from '../support/multipart.js';

const withKey = ({ key }) => (key === undefined ? {} : { api_key_token: key });
const ignored = () => ({});

/** Both ways to call an operation. `fields` tells what goes with the key. */
function operation(path, entry, fields) {
  const ask = (method) => (person, thing, scene) => {
    const all = { ...withKey(person), ...fields(person, thing ?? {}, scene) };
    if (method === 'POST') return { method, path, ...urlEncoded(all) };
    return { method, path: `${path}?${new URLSearchParams(all)}` };
  };
  return { [`GET ${path}`]: { ...entry, ask: ask('GET') }, [`POST ${path}`]: { ...entry, ask: ask('POST') } };
}

/** A key acts for its own user only: for anybody else it is no key at all. */
const asOther = (path, acting, fields = ignored) =>
  operation(path, { takes: 'person', by: 'from' }, (person, thing, scene) => ({ ...fields(person, thing, scene), [acting]: thing.id }));
/** The caller acts for himself, on something of somebody else's. */
const open = (path, reason, fields = ignored) => operation(path, { open: reason }, fields);
const file = (path) => ({
  takes: 'attachment',
  by: 'to',
  ask: (person, thing) => ({ method: 'GET', path: path.replace('{guid}', thing.id).replace('{name}', 'x.pdf'), headers: person.cookie ? { Cookie: person.cookie } : {} }),
});
const other = (_person, thing, { people }) => ({ to: (thing.to ?? people[0]).guid });
const avatar = (path) => ({ open: 'a picture everybody has', ask: () => ({ method: 'GET', path }) });

/** Every route of the dialect, and what it takes of whom. */
export const ossnRoutes = {
  ...asOther('/api/v2.0/message/send', 'from', (_person, _thing, { people }) => ({ to: people[0].guid, message: 'in his name' })),
  ...asOther('/api/v1.0/message_add', 'from', (_person, _thing, { people }) => ({ to: people[0].guid, message: 'in his name' })),
  ...asOther('/api/v2.0/message/list', 'guid', other),
  ...asOther('/api/v1.0/message_list', 'guid', (...all) => ({ ...other(...all), markallread: 1 })),
  ...asOther('/api/v2.0/message/new', 'to', (_person, thing, { people }) => ({ from: (thing.to ?? people[0]).guid })),
  ...asOther('/api/v1.0/message_new', 'to', (_person, thing, { people }) => ({ from: (thing.to ?? people[0]).guid, markallread: 1 })),
  ...asOther('/api/v1.0/message_recent', 'guid'),
  ...operation('/api/v1.0/message_delete', { takes: 'message', by: 'from' }, (person, thing) => ({ id: thing.id, guid: person.guid ?? 1 })),
  ...asOther('/api/v1.0/unread_mesages_count_custom', 'guid'),
  ...asOther('/api/v1.0/notifications_count', 'guid'),
  ...asOther('/api/v1.0/notifications_list_user', 'owner_guid'),
  ...open('/api/v1.0/notifications_mark_viewed', 'never does anything', () => ({ guid: 1 })),
  ...asOther('/api/v2.0/notification/mark_all_read', 'guid'),
  ...asOther('/api/v1.0/user_edit', 'guid', () => ({ new_email: 'x@example.org', new_first_name: 'x', new_last_name: 'x', current_password: 'x' })),
  ...open('/api/v1.0/user_add', 'needs a site key', () => ({
    username: 'intruder', firstname: 'a', lastname: 'b', email: 'i@example.org', reemail: 'i@example.org', password: 'secret-1', gender: 'male', birthdate: '01/01/1990',
  })),
  ...open('/api/v1.0/user_authenticate', 'needs a password', () => ({ username: 'nobodyknows', password: 'wrong-password' })),
  ...operation('/api/v1.0/user_details', { visible: 'who a user is, without address and date of birth', takes: 'person' }, (_person, thing) => ({ guid: thing.id })),
  ...asOther('/api/v1.0/user_add_friend', 'user_a', (_person, _thing, { people }) => ({ user_b: people[0].guid })),
  ...asOther('/api/v1.0/user_remove_friend', 'user_a', (_person, _thing, { people }) => ({ user_b: people[0].guid })),
  ...asOther('/api/v1.0/user_is_friend', 'user_a', (_person, _thing, { people }) => ({ user_b: people[0].guid })),
  ...asOther('/api/v1.0/user_friends', 'guid'),
  ...asOther('/api/v1.0/user_friend_requests', 'guid'),
  ...asOther('/api/v2.0/user/block', 'guid', (_person, _thing, { people }) => ({ to_block_guid: people[0].guid })),
  ...asOther('/api/v2.0/user/unblock', 'guid', (_person, _thing, { people }) => ({ to_unblock_guid: people[0].guid })),
  ...asOther('/api/v2.0/user/blocklist', 'guid'),
  ...operation('/api/v2.0/user/delete', { takes: 'person', by: null }, (_person, thing) => ({ guid: thing.id })),
  ...open('/api/v2.0/components/list_enabled', 'says what this server has'),
  'GET /avatar/{username}/{size}': avatar('/avatar/x/small'),
  'GET /avatar/{username}/{size}/{name}': avatar('/avatar/x/small/x.jpeg'),
  'GET /messages/attachment/{guid}': file('/messages/attachment/{guid}'),
  'GET /messages/attachment/{guid}/{name}': file('/messages/attachment/{guid}/{name}'),
  'GET /messages_attachment_view/{guid}': file('/messages_attachment_view/{guid}'),
  'GET /messages_attachment_view/{guid}/{name}': file('/messages_attachment_view/{guid}/{name}'),
};
