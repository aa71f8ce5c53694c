{% autoescape off %}// What the phone keeps of the portal; replaced as a whole when any of it changes.
import { serve } from "{{ worker }}";

serve({{ shell }});
{% endautoescape %}
