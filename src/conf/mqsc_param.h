/*
 * From the text of one command to its parameters.
 *
 * Purpose:   what MQSC scripts and saved displays share.
 * Ownership: the reader's buffers.
 * Errors:    memory; what is wrong with the text goes into the command.
 * Threads:   one owner.
 * Source:    as for conf/mqsc.h.
 */
#ifndef CY_CONF_MQSC_PARAM_H
#define CY_CONF_MQSC_PARAM_H

#include "conf/mqsc.h"

/* A part of the command's text that stands on one line, from that column on. */
cy_err *cy_mqsc_add_piece(cy_mqsc *in, cy_span part, size_t line, size_t column) CY_MUST_USE;
/* Reads in->text; the first word is the verb, unless it is a display. */
cy_err *cy_mqsc_split(cy_mqsc *in, cy_mqsc_command *command) CY_MUST_USE;

#endif
