/* small_json.c -- reads JSON where Jansson is not, and refuses it in Jansson's
 * words. */
#include "config.h"

#include "cluster/small_json.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 64 };

/* A text that is being read. */
struct scan {
    const char *at;
    const char *token; /* where the last token begins, which ends at `at` */
    int line;
    int depth;
    json_error_t *error;
};

static json_t *
read_value(struct scan *scan, char token);

/* ---- refusals ---- */

/* Keeps the first. False. */
static bool
scan_fail(struct scan *scan, const char *what)
{
    json_error_t *error = scan->error;
    int length = (int)(scan->at - scan->token);

    if (*error->text)
        return false;
    error->line = scan->line;
    if (length == 0)
        snprintf(error->text, sizeof error->text, "%s near end of file", what);
    else if (length > 20)
        snprintf(error->text, sizeof error->text, "%s", what);
    else
        snprintf(error->text, sizeof error->text, "%s near '%.*s'", what,
                 length, scan->token);
    return false;
}

/* ---- tokens ---- */

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The length of an escape from its backslash on; 0 if there is no such one. */
static size_t
escape_length(const char *at)
{
    if (at[1] == 'u')
        return strspn(at + 2, "0123456789abcdefABCDEF") >= 4 ? 6 : 0;
    return at[1] && strchr("\"\\/bfnrt", at[1]) ? 2 : 0;
}

/* The end of a string that begins at `at`, or NULL with the error. */
static const char *
string_end(struct scan *scan, const char *at)
{
    const char *wrong = NULL;

    for (at++; *at != '"' && !wrong;) {
        size_t length = *at == '\\' ? escape_length(at) : 1;

        if (*at == '\0')
            wrong = "premature end of input";
        else if (*at == '\n')
            wrong = "unexpected newline";
        else if ((unsigned char)*at < ' ')
            wrong = "control character in a string";
        else if (length == 0)
            wrong = "invalid escape";
        if (length == 0)
            length = at[1] ? 2 : 1; /* as much of it is shown */
        else if (wrong)
            length = 0;
        at += length;
    }
    if (!wrong)
        return at + 1;
    scan->at = at;
    scan_fail(scan, wrong);
    return NULL;
}

/* The end of a number; at itself if there is none. */
static const char *
number_end(const char *at)
{
    const char *from = at;
    const char *digits;

    at += *at == '-';
    digits = at;
    at += strspn(at, "0123456789");
    if (at == digits || (*digits == '0' && at > digits + 1))
        return from;
    if (*at == '.') {
        digits = ++at;
        at += strspn(at, "0123456789");
        if (at == digits)
            return from;
    }
    if (*at == 'e' || *at == 'E') {
        at++;
        at += *at == '-' || *at == '+';
        digits = at;
        at += strspn(at, "0123456789");
        if (at == digits)
            return from;
    }
    return at;
}

/* Goes on to the next token and over it. Its first character tells what it is,
 * '\0' that the text ends, '!' that there is no such token. */
static char
next_token(struct scan *scan)
{
    const char *end;

    for (; *scan->at && strchr(" \t\r\n", *scan->at); scan->at++)
        scan->line += *scan->at == '\n';
    scan->token = end = scan->at;
    if (*end == '\0')
        return '\0';
    if (*end == '"')
        end = string_end(scan, end);
    else if (is_letter(*end))
        while (is_letter(*end))
            end++;
    else if (strchr("{}[]:,", *end))
        end++;
    else
        end = number_end(end);
    if (!end)
        return '!';
    scan->at = end > scan->token ? end : end + 1;
    return end > scan->token ? *scan->token : '!';
}

/* ---- strings ---- */

/* Four hexadecimal digits. */
static unsigned
read_code(const char *at)
{
    char digits[5] = "";

    memcpy(digits, at, 4);
    return (unsigned)strtoul(digits, NULL, 16);
}

/* A character of the basic plane as UTF-8. */
static char *
put_code(char *to, unsigned code)
{
    if (code < 0x80) {
        *to++ = (char)code;
        return to;
    }
    if (code < 0x800) {
        *to++ = (char)(0xc0 | code >> 6);
    } else {
        *to++ = (char)(0xe0 | code >> 12);
        *to++ = (char)(0x80 | (code >> 6 & 0x3f));
    }
    *to++ = (char)(0x80 | (code & 0x3f));
    return to;
}

/* The text of the string that is the token. */
static char *
token_text(const struct scan *scan)
{
    static const char names[] = "bfnrt";
    static const char means[] = "\b\f\n\r\t";
    char *text = memory_new((size_t)(scan->at - scan->token), 1);
    char *to = text;

    for (const char *at = scan->token + 1; at < scan->at - 1; at++) {
        const char *name = *at == '\\' ? strchr(names, at[1]) : NULL;

        if (*at != '\\') {
            *to++ = *at;
        } else if (at[1] == 'u') {
            to = put_code(to, read_code(at + 2));
            at += 5;
        } else {
            *to++ = name ? means[name - names] : at[1];
            at++;
        }
    }
    return text;
}

/* ---- values ---- */

static json_t *
value_new(enum json_type type)
{
    json_t *value = memory_new(1, sizeof *value);

    value->type = type;
    return value;
}

/* The key of a member and the colon. NULL with the error. */
static char *
read_key(struct scan *scan, const json_t *object, char token)
{
    char *key;

    if (token != '"') {
        scan_fail(scan, "string or '}' expected");
        return NULL;
    }
    key = token_text(scan);
    if (json_object_get(object, key))
        scan_fail(scan, "duplicate object key");
    else if (next_token(scan) == ':')
        return key;
    else
        scan_fail(scan, "':' expected");
    free(key);
    return NULL;
}

/* Members or elements, up to the bracket that closes. */
static bool
read_members(struct scan *scan, json_t *whole)
{
    bool object = whole->type == JSON_OBJECT;
    char end = object ? '}' : ']';
    json_t **last = &whole->first;
    char token = next_token(scan);

    if (token == end)
        return true;
    for (;;) {
        char *key = object ? read_key(scan, whole, token) : NULL;

        if (object && !key)
            return false;
        *last = read_value(scan, object ? next_token(scan) : token);
        if (!*last) {
            free(key);
            return false;
        }
        (*last)->key = key;
        last = &(*last)->next;
        token = next_token(scan);
        if (token == end)
            return true;
        if (token != ',')
            return scan_fail(scan, object ? "'}' expected" : "']' expected");
        token = next_token(scan);
    }
}

static json_t *
read_word(struct scan *scan)
{
    static const struct {
        const char *name;
        enum json_type type;
    } words[] = {
        {"true", JSON_TRUE}, {"false", JSON_FALSE}, {"null", JSON_NULL}};
    size_t length = (size_t)(scan->at - scan->token);

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i].name) == length &&
            strncmp(scan->token, words[i].name, length) == 0)
            return value_new(words[i].type);
    scan_fail(scan, "invalid token");
    return NULL;
}

static json_t *
read_value(struct scan *scan, char token)
{
    json_t *value;

    if (is_letter(token))
        return read_word(scan);
    if (token == '"') {
        value = value_new(JSON_STRING);
        value->text = token_text(scan);
        return value;
    }
    if (token == '-' || (token >= '0' && token <= '9')) {
        value = value_new(JSON_NUMBER);
        value->number = strtod(scan->token, NULL);
        if (isfinite(value->number))
            return value;
        scan_fail(scan, "real number overflow");
        json_decref(value);
        return NULL;
    }
    if (token != '{' && token != '[') {
        scan_fail(scan, token == '!' ? "invalid token" : "unexpected token");
        return NULL;
    }
    if (++scan->depth > DEEPEST) {
        scan_fail(scan, "maximum parsing depth reached");
        return NULL;
    }
    value = value_new(token == '{' ? JSON_OBJECT : JSON_ARRAY);
    if (read_members(scan, value)) {
        scan->depth--;
        return value;
    }
    json_decref(value);
    return NULL;
}

static char *
read_all(FILE *in)
{
    size_t room = 0;
    size_t used = 0;
    char *text = NULL;

    do {
        memory_grow(&text, &room, used + 1, 1);
        used += fread(text + used, 1, room - used - 1, in);
    } while (!feof(in) && !ferror(in));
    text[used] = '\0';
    return text;
}

json_t *
json_loadf(FILE *in, size_t flags, json_error_t *error)
{
    char *text = read_all(in);
    struct scan scan = {.at = text, .token = text, .line = 1, .error = error};
    json_t *value = NULL;
    char first;

    (void)flags;
    *error = (json_error_t){.line = 1};
    first = next_token(&scan);
    if (first == '{' || first == '[')
        value = read_value(&scan, first);
    else
        scan_fail(&scan, "'[' or '{' expected");
    if (value && next_token(&scan) != '\0') {
        scan_fail(&scan, "end of file expected");
        json_decref(value);
        value = NULL;
    }
    free(text);
    return value;
}

void
json_decref(json_t *value)
{
    if (!value)
        return;
    while (value->first) {
        json_t *first = value->first;

        value->first = first->next;
        json_decref(first);
    }
    free(value->text);
    free(value->key);
    free(value);
}

/* ---- lookups ---- */

json_t *
json_object_get(const json_t *object, const char *key)
{
    json_t *member = json_is_object(object) ? object->first : NULL;

    while (member && strcmp(member->key, key) != 0)
        member = member->next;
    return member;
}

json_t *
json_array_get(const json_t *array, size_t i)
{
    json_t *element = json_is_array(array) ? array->first : NULL;

    while (element && i-- > 0)
        element = element->next;
    return element;
}

size_t
json_array_size(const json_t *array)
{
    size_t size = 0;

    if (json_is_array(array))
        for (const json_t *e = array->first; e; e = e->next)
            size++;
    return size;
}

const char *
json_string_value(const json_t *value)
{
    return json_is_string(value) ? value->text : NULL;
}

double
json_number_value(const json_t *value)
{
    return json_is_number(value) ? value->number : 0.0;
}
