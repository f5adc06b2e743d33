import { type Environment } from '../../config/read-variables.js';
import { type Terminal } from '../terminal.js';
import { type KeyInboxClient } from './client.js';

/** What every action gets. */
export interface ActionContext {
  readonly client: KeyInboxClient;
  readonly env: Environment;
  readonly terminal: Terminal;
}
