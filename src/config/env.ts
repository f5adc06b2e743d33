/** Placeholder shape, completed by the config work. */
export class HouseVariables {
  NODE_ENV: 'development' | 'test' | 'production' = 'development';
  PORT = 3000;
}
