import { DomainError } from '../../../kernel/domain-error.js';
import { limits } from '../../../kernel/limits.js';
import { type Condition, type Query } from '../../../kernel/query.js';

/** The field whose texts are long and lie in no index. */
const TEXT = 'body';

/** @returns whether a question can only be answered by reading the texts of messages from end to end */
export function readsTexts({ words, filter }: Query): boolean {
  return words.length > 0 || (filter !== null && looksInside(filter));
}

function looksInside(condition: Condition): boolean {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.some(looksInside);
    case 'contains':
      return condition.field === TEXT;
    case 'compare':
    case 'startsWith':
      return false;
  }
}

/** Lets few searches run at a time, so that they never hold all connections to the database; the others wait in a short line. */
export class SearchLine {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /** @throws DomainError overloaded when the line is full */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < limits.text_searches_max) this.running += 1;
    else await this.turn();
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }

  /** The place of one that ends goes straight to the next. */
  private turn(): Promise<void> {
    if (this.waiting.length >= limits.text_searches_waiting_max) throw new DomainError('overloaded', { retryAfterSeconds: limits.retry_after_seconds });
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
