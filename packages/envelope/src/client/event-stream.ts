/** One event of a stream. */
export interface StreamEvent {
  readonly event: string;
  readonly data: string;
  readonly id?: string;
}

/** Servers send a comment at least every 15 s: after three that did not come the stream is taken for dead. */
const SILENCE_MS = 45_000;
const EVENT_MAX = 4 * 1024 * 1024;

/**
 * Reads Server-Sent Events until the stream ends, is cut, or is silent for too long.
 *
 * @param signal ends the reading
 */
export async function* readEvents(response: Response, signal?: AbortSignal): AsyncGenerator<StreamEvent> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) return;
  let rest = '';
  try {
    while (signal?.aborted !== true) {
      const { done, value } = await orSilence(reader.read());
      if (done || rest.length > EVENT_MAX) return;
      const blocks = (rest + (value ?? '')).split(/\r\n\r\n|\n\n|\r\r/);
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = parseEvent(block);
        if (event !== undefined) yield event;
      }
    }
  } catch {
    // cut: the caller goes on from the last event
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function parseEvent(block: string): StreamEvent | undefined {
  const fields = new Map<string, string>();
  const data: string[] = [];
  for (const line of block.split(/\r\n|\n|\r/)) {
    const [, name, value] = /^([^:]+): ?(.*)$/s.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    if (name === 'data') data.push(value);
    else fields.set(name, value);
  }
  const id = fields.get('id');
  return data.length === 0 ? undefined : { event: fields.get('event') ?? 'message', data: data.join('\n'), ...(id !== undefined && { id }) };
}

async function orSilence<T>(read: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('silence')), SILENCE_MS);
  });
  try {
    return await Promise.race([read, silence]);
  } finally {
    clearTimeout(timer);
  }
}
