// Keeps a library without sources linkable.
