import { type Request } from 'express';
import { type NetInformation } from './keyinbox.payload.js';

const USER_AGENT_LENGTH_MAX = 512;

/**
 * @returns what is kept of where an identified sender writes from, or null when the server does
 *   not collect it. It is sealed with the message and shown to both of its sides.
 */
export function netInformation(request: Request, options: { readonly COLLECT_SENDER_NET_INFORMATION: boolean }): NetInformation | null {
  if (!options.COLLECT_SENDER_NET_INFORMATION) return null;
  return { ip: request.ip ?? '', userAgent: (request.get('user-agent') ?? '').slice(0, USER_AGENT_LENGTH_MAX) };
}
