/*
 * What a Java VM is told: -D options, properties files, and the security properties that come with it.
 *
 * Purpose:   collect them all with where they stand, and know which one holds.
 * Ownership: the settings own their texts.
 * Errors:    conf.malformed for a properties file that Java refuses; io.* where the master file can not
 *            be read.
 * Threads:   one owner.
 * Source:    java(1) with its argument files, JAVA_TOOL_OPTIONS in the JVM TI specification; JSSE
 *            Reference Guide 17, "Customizing JSSE".
 */
#ifndef CY_TLS_JAVA_SETTINGS_H
#define CY_TLS_JAVA_SETTINGS_H

#include "conf/properties.h"
#include "tls/reader.h"

typedef struct {
  char *key, *value, *file;
  size_t line;
  int rank; /* of two, the higher one holds; of two that are equal, the later one */
} cy_java_setting;

/* Reads the file that @name means, in the place where it stands (cy_java_settings_argfile). */
typedef cy_err *cy_java_argfile(void *arg, const char *name, const char *file, size_t line, int rank);

typedef struct {
  cy_java_setting *items;
  size_t count, cap;
  cy_java_argfile *argfile; /* NULL: @files are passed over */
  void *argfile_arg;
  char *home;       /* of the VM, where it could be told: JAVA_HOME */
  char *master;     /* the java.security that was read; NULL: none was there */
  unsigned version; /* 8, 11, 17 ...; 0: not known */
} cy_java_settings;

/* Options, wherever -Dname=value stands in a text: a command line, a script, a unit, an options file. */
cy_err *cy_java_settings_options(cy_java_settings *settings, const char *file, cy_span text) CY_MUST_USE;
/* The same of an argument file: words with quotes around them, comments, one option each. */
cy_err *cy_java_settings_argfile(cy_java_settings *settings, const char *file, cy_span text, int rank)
  CY_MUST_USE;
/* A properties file: java.security itself, or one that has system properties. */
cy_err *cy_java_settings_properties(cy_java_settings *settings, const char *file, cy_span text, int rank)
  CY_MUST_USE;
/* The one that holds, or NULL. */
const cy_java_setting *cy_java_settings_find(const cy_java_settings *settings, const char *key);
/* Which Java a path belongs to: "/usr/lib/jvm/java-17-openjdk-amd64" 17; 0: it does not say. */
unsigned cy_java_version_of(const char *path);
void cy_java_settings_clear(cy_java_settings *settings);

#endif
