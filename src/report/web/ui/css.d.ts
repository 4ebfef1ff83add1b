/** Stylesheets go into the bundle; they say nothing to the program. */
declare module '*.css';
