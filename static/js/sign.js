// The page that signs: the keys of the session's page.
import { startKeys } from "./session/keys.js";

startKeys();
