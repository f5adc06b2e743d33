const BOUNDARY = '----trust5f3b1c7e9a';

/**
 * A body of form data.
 * @param {Record<string, string | number>} fields
 * @param {{field: string, name: string, type?: string, bytes: Buffer} | null} file
 * @returns {{headers: Record<string, string>, body: Buffer}}
 */
export function formData(fields, file = null) {
  const parts = [];
  for (const [name, value] of Object.entries(fields)) {
    parts.push(Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`));
  }
  if (file) {
    const { field, name, type = 'application/octet-stream', bytes } = file;
    const filename = name.replace(/["\r\n]/g, (c) => encodeURIComponent(c));
    parts.push(Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${field}"; filename="${filename}"\r\nContent-Type: ${type}\r\n\r\n`), bytes, Buffer.from('\r\n'));
  }
  parts.push(Buffer.from(`--${BOUNDARY}--\r\n`));
  return { headers: { 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}` }, body: Buffer.concat(parts) };
}

/** A body as an HTML form sends it. */
export function urlEncoded(fields) {
  return { headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(fields).toString() };
}
