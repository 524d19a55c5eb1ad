"""The fields for a member's name and address."""

from wtforms import StringField
from wtforms.validators import DataRequired, Email, Length

from app.web.desk.forms import lazy_gettext
from app.web.questions import text_input

NAME = StringField(
    filters=[text_input.line],
    validators=[
        DataRequired(lazy_gettext("Enter a name.")),
        Length(max=80, message=lazy_gettext("Use up to 80 letters.")),
    ],
)
EMAIL = StringField(
    filters=[text_input.line], validators=[Email(lazy_gettext("Check the email address.")), Length(max=254)]
)
