import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { PmClients } from '../../../../core/pm/pm-clients.js';
import { PmGrants } from '../../../../core/pm/pm-grants.js';
import { DomainError } from '../../../../kernel/domain-error.js';
import { queryText } from '../pm.query.js';
import { consentPage, dismissalPage, pagePolicy } from './consent.page.js';
import { CODE_PARAMETERS, type CodeParameters, type CodeRequest, codeRequestOf, outcomeUrl, redirectOf } from './oauth-request.js';
import { OAuthFault } from './oauth-errors.js';
import { textsOf } from './oauth.server.js';
import { PasswordGate } from './password-gate.js';

/** A code is exchanged at once. */
const CODE_SECONDS = 60;
const WRONG = 'This name and this password do not belong together.';
const TOO_OFTEN = 'Too many wrong passwords. Please try again later.';

/** What a browser gets: a page, or an address to go to. */
export type ConsentAnswer =
  | { readonly kind: 'page'; readonly status: number; readonly html: string; readonly policy: string }
  | { readonly kind: 'redirect'; readonly url: string };

/**
 * Asks a person whether an application may act for him. He signs in and agrees in one step, and
 * nothing is remembered, so that no page elsewhere can make his browser agree for him.
 */
@Injectable()
export class ConsentFlow {
  constructor(
    @Inject(PmClients) private readonly clients: PmClients,
    @Inject(PmGrants) private readonly grants: PmGrants,
    @Inject(PasswordGate) private readonly passwords: PasswordGate,
  ) {}

  /** What the application's link shows. */
  show(request: Request): Promise<ConsentAnswer> {
    const parameters = Object.fromEntries(CODE_PARAMETERS.map((name) => [name, queryText(request, name)]));
    return this.checked(parameters, (asked) => Promise.resolve(page(asked, parameters, 200)));
  }

  /** What the person's form does. @throws DomainError overloaded */
  decide(request: Request): Promise<ConsentAnswer> {
    const fields = textsOf(request);
    return this.checked(fields, async (asked) => {
      if (fields.decision !== 'allow') throw new OAuthFault('access_denied', 'The user refused');
      const { username = '', password = '' } = fields;
      try {
        const proof = await this.passwords.check(request, username, password);
        const { client, redirectUri, state, challenge } = asked;
        const code = proof && (await this.grants.issueCode({ proof, clientId: client.id, redirectUri, challenge, lifetimeSeconds: CODE_SECONDS }));
        if (code === null) return page(asked, fields, 403, WRONG);
        return { kind: 'redirect', url: outcomeUrl(redirectUri, state, { code }) };
      } catch (error) {
        if (error instanceof DomainError && error.code === 'rate_limited') return page(asked, fields, 429, TOO_OFTEN);
        throw error;
      }
    });
  }

  private async checked(parameters: CodeParameters, work: (asked: CodeRequest) => Promise<ConsentAnswer>): Promise<ConsentAnswer> {
    const client = parameters.client_id === undefined ? null : await this.clients.find(parameters.client_id);
    const redirectUri = redirectOf(client, parameters);
    if (client === null || redirectUri === null) {
      return { kind: 'page', status: 400, policy: pagePolicy(), html: dismissalPage('This application is not known here, or sent you with a wrong address.') };
    }
    try {
      return await work(codeRequestOf(client, redirectUri, parameters));
    } catch (error) {
      if (!(error instanceof OAuthFault)) throw error;
      return { kind: 'redirect', url: outcomeUrl(redirectUri, parameters.state, { error: error.word, error_description: error.description }) };
    }
  }
}

function page({ client, redirectUri }: CodeRequest, parameters: CodeParameters, status: number, complaint?: string): ConsentAnswer {
  const hidden: Record<string, string> = {};
  for (const name of CODE_PARAMETERS) {
    const value = parameters[name];
    if (value !== undefined) hidden[name] = value;
  }
  const html = consentPage({ clientName: client.name, redirectUri, hidden, ...(complaint === undefined ? {} : { complaint }) });
  return { kind: 'page', status, html, policy: pagePolicy(redirectUri) };
}
