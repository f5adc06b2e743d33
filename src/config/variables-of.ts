import { getMetadataStorage } from 'class-validator';
import { type ConfigSection, type SecretSpec } from './config.js';

/** @returns the names of a section's variables that are not secrets, in the order of their declaration */
export function plainVariablesOf(section: ConfigSection<object>): readonly string[] {
  const secrets = secretVariablesOf(section);
  const declared = getMetadataStorage()
    .getTargetValidationMetadatas(section, '', false, false)
    .map((metadata) => metadata.propertyName);
  return [...new Set([...declared, ...Object.keys(new section())])].filter((name) => !secrets.includes(name));
}

/** @returns the names of a section's secrets, each rotating one followed by its NAME_PREVIOUS */
export function secretVariablesOf(section: ConfigSection<object>): readonly string[] {
  return secretsOf(section).flatMap(({ name, rotates }) => (rotates ? [name, `${name}_PREVIOUS`] : [name]));
}

/** @returns every variable of a section; each can also be given as NAME_FILE */
export function variablesOf(section: ConfigSection<object>): readonly string[] {
  return [...plainVariablesOf(section), ...secretVariablesOf(section)];
}

/** @returns the section's secrets, an empty list where it has none */
export function secretsOf(section: ConfigSection<object>): readonly SecretSpec[] {
  return section.secrets ?? [];
}
