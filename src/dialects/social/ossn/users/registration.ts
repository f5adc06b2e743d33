import { isEmail } from 'class-validator';
import { type RegisterCommand } from '../../../../core/accounts/users.js';
import { type FaultName, fieldsMissing, OssnFault, PASSWORD_BYTES_MIN } from '../ossn.faults.js';
import { type Parameters } from '../ossn.parameters.js';

const FIELDS = ['username', 'firstname', 'lastname', 'email', 'reemail', 'password', 'gender', 'birthdate'] as const;
const GENDERS: readonly string[] = ['male', 'female'];
const USERNAME = /^[A-Za-z0-9]{5,64}$/;
const NAME_CHARACTERS_MAX = 30;
const EMAIL_LENGTH_MAX = 254;

/** The fields of a form of registration, each of them there. */
export type RegistrationForm = Readonly<Record<(typeof FIELDS)[number], string>>;

/**
 * Reads the form and makes the checks that need no store, in the order the API fixes.
 * @throws OssnFault
 */
export function parseRegistration(parameters: Parameters): RegistrationForm {
  const missing = FIELDS.filter((name) => isBlank(parameters.text(name)));
  if (missing.length > 0) throw fieldsMissing(missing);
  const form = Object.fromEntries(FIELDS.map((name) => [name, parameters.text(name) ?? ''])) as RegistrationForm;
  if (!GENDERS.includes(form.gender)) throw new OssnFault('gender_invalid');
  if (form.email !== form.reemail) throw new OssnFault('emails_differ');
  if (!USERNAME.test(form.username)) throw new OssnFault('username_invalid');
  checkPassword(form.password);
  return form;
}

/** @throws OssnFault email_invalid; fields_missing for a birth date that is none */
export function registrationOf(form: RegistrationForm, validated: boolean): RegisterCommand {
  const birthdate = parseDate(form.birthdate);
  if (birthdate === null) throw fieldsMissing(['birthdate']);
  return {
    username: form.username,
    email: parseEmail(form.email),
    password: form.password,
    firstName: cutName(form.firstname),
    lastName: cutName(form.lastname),
    birthdate,
    gender: form.gender,
    validated,
  };
}

/** @returns the address in lower case. @throws OssnFault email_invalid */
export function parseEmail(text: string): string {
  const email = text.trim().toLowerCase();
  if (email.length > EMAIL_LENGTH_MAX || !isEmail(email)) throw new OssnFault('email_invalid');
  return email;
}

/** @throws OssnFault as told */
export function checkPassword(password: string, fault: FaultName = 'password_short'): void {
  if (Buffer.byteLength(password) < PASSWORD_BYTES_MIN) throw new OssnFault(fault);
}

/** @returns the gender as given. @throws OssnFault gender_invalid */
export function checkGender(gender: string): string {
  if (!GENDERS.includes(gender)) throw new OssnFault('gender_invalid');
  return gender;
}

/** @returns the first 30 characters */
export function cutName(name: string): string {
  return [...name.trim()].slice(0, NAME_CHARACTERS_MAX).join('');
}

/** @returns whether a field counts as not given */
export function isBlank(text: string | undefined): boolean {
  return text === undefined || text.trim() === '';
}

/**
 * @param text dd/mm/yyyy, or yyyy-mm-dd
 * @returns YYYY-MM-DD, null for a day that does not exist
 */
export function parseDate(text: string): string | null {
  const wire = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text.trim());
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text.trim());
  const [year, month, day] = wire ? [wire[3], wire[2], wire[1]] : iso ? [iso[1], iso[2], iso[3]] : [];
  if (year === undefined || month === undefined || day === undefined || year === '0000') return null;
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const time = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date) ? date : null;
}
