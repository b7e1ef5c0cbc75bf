import { signIn, signOut } from "@/lib/session/session-handler";

export { signIn as POST, signOut as DELETE };
